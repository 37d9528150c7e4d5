pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square: lap(u) = -2*pi^2*cos(pi*x)*cos(pi*y)
on edge: dn(u) = 0
require mean(u) = 0
exact u = cos(pi*x)*cos(pi*y)
