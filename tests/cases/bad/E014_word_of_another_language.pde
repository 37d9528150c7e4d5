pde 1
domain rod(x) = interval(0, 1)
time t in 0 .. 1
parameter nu = 0.01
unknown u
in rod: dt(u) = nu*dxx(u)
on left, right: u = 0
at t = 0: u = 0
