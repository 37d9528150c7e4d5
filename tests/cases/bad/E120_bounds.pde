pde 1
param duration = 5 [s]
domain rod(x [m]) = interval(0, duration)
unknown T [K]
in rod: dxx(T) = 0
on left, right: T = 0
