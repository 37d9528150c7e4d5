pde 1
domain d(x) = interval(0, 1)
time t in 0 .. 1
param k = 2 [m2/s]
unknown u
in d: u_t = k*u_xx
on left, right: u = 0
at t = 0: u = 0
