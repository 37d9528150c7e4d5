pde 1
domain plate(x, y) = disk(center = (0, 0), radius = 1)
unknown u
in plate: -div((1 + x^2)*grad(u)) = 1
on edge: (1 + x^2)*dn(u) = -0.6
require mean(u) = 0
