pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in line: dt(u) = dxx(abs(u)) + div((if x < 0.5 then 1 else 2)*grad(u))
on left, right: u = 0
at t = 0: u = sin(pi*x)
