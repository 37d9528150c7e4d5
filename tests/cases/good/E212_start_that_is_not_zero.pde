pde 1
domain line(x) = interval(0, 1)
param T0 = 2
time t in T0 .. 3
unknown u
in line: dt(u) = dxx(u)
on left, right: u = 0
at t = 2*T0/2: u = 0
