pde 1
domain rod(x) = interval(0, 1)
shape a = interval(0, 0.3)
shape b = interval(0.3, 0.6)
shape c = interval(0.6, 1)
boundary weld = interface(a, b)
boundary seam = interface(b, c)
unknown T
in a, b: dxx(T) = side(T, a)
in c: dxx(T) = 0
on weld: side(T, c) = 1
on seam, left: jump(T) = 0
on right: jump(T) = 0
report q = mean(jump(T), on = right)
