pde 1
domain rod(x) = interval(0, 1)
shape a = interval(0, 0.5)
shape b = interval(0.5, 1)
boundary weld = interface(a, b)
unknown T
in rod: dxx(T) = 0
on weld: jump(T) = 0
on weld: dx(T) = 1
on left, right: T = x
