pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u
unknown c
in line: dt(u) = dxx(u) - c*u
in line: dt(c) = -c*u
on left, right: u = 0
on left: c = 1
at t = 0: u = 0
at t = 0: c = 1
