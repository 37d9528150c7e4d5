pde 1
domain rod(x [m]) = interval(0, 2)
time t [s] in 0 .. 10
param a = 1e-2 [m^2/s]
unknown T [K]
in rod: dt(T) = a*dxx(T)
on left: T = 0
on right: dn(T) = 0
at t = 0: T = 0
