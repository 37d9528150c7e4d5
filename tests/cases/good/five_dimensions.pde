pde 1
domain cube(a, b, c, e, f) = box(a = 0 .. 1, b = 0 .. 1, c = 0 .. 1, e = 0 .. 1, f = 0 .. 1)
unknown u
in cube: lap(u) = 2*5
on edge: u = a^2 + b^2 + c^2 + e^2 + f^2
exact u = a^2 + b^2 + c^2 + e^2 + f^2
report flux = integral(dn(u), on = high(f))
