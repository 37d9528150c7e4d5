pde 1
domain rod(x [metr]) = interval(0, 1)
unknown T [Kelvn]
in rod: dxx(T) = 0
on left, right: T = 0
