pde 1
domain rod(x [m]) = interval(0, 1)
unknown T [degC]
in rod: dxx(T) = 0
on left: T = 0
on right: dn(T) = 0
