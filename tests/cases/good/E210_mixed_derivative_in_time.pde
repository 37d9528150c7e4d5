pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in line: dtt(u) + dt(u) = dxx(u)
on left, right: u = 0
at t = 0: u = sin(pi*x)
at t = 0: dt(u) = 0
