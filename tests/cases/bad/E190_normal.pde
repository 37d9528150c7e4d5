pde 1
domain plate(x, y) = disk(center = (0, 0), radius = 1)
unknown u
in plate: lap(u) = 1
on edge: dn(u) + div(n)*u = 0
