pde 1
domain rod(x [m]) = interval(0, 1)
param a = 5 [s]
param b = 2*a [m]
param width = 0.1 [m]
unknown T [K]
in rod: dxx(T) = sin(x)*T
on left: T^a = 0
on right: dn(T) + T/width = if x > a then 0 else 0
exact T = 3
report far = mean(T) [m]
