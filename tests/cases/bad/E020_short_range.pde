pde 1
domain line(x) = interval(1, 1 + 1e-14)
time t in 0 .. 1e-320
unknown u
in line: dt(u) = dxx(u)
on left, right: u = 0
at t = 0: u = 0
