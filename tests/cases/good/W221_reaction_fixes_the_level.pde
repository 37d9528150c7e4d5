pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown p
in square: lap(p) = p - 1
on edge: dn(p) = 0
