pde 1
domain plate(x, y) = disk(center = (0, 0, 0), radius = 1) & halfspace(point = 0, normal = (1, 0))
unknown u
in plate: lap(u) = 0
on edge: u = 0
