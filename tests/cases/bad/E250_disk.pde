pde 1
domain plate(x, y) = disk(center = (0, 0), radius = 1)
unknown u
in plate: lap(u) = 4
on edge: dn(u) + u = 4
exact u = x^2 + y^2
