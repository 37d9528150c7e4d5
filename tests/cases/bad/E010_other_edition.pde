pde 7
domain rod(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in rod: dt(u) = dxx(u)
on left, right: u = 0
at t = 0: u = 0
