pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in line: dt(u) + dx(u) = 0
on left: u = 0
on left: dt(u) + u = 0
at t = 0: u = 0
