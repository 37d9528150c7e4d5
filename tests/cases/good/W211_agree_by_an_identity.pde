pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in line: dt(u) = dxx(u)
on left: u = sin(t)^2 + cos(t)^2
on right: u = exp(0)
at t = 0: u = 1
