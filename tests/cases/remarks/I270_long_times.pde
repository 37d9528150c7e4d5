pde 1
domain rod(x) = interval(0, 1e-3)
time t in 0 .. 1e4
unknown u
in rod as heat: dt(u) = 1e-9*dxx(u)
on left, right: u = 0
at t = 0: u = x*(1e-3 - x)
