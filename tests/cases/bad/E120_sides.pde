pde 1
domain rod(x [m]) = interval(0, 1)
time t [s] in 0 .. 10
param D = 1e-5 [m/s]
unknown T [K]
in rod: dt(T) = D*dxx(T)
on left: T = 5
on right: dn(T) = 0
at t = 0: T = x
