pde 1
domain nothing(x, y) = disk(center = (0, 0), radius = 1) - box(x = -2 .. 2, y = -2 .. 2)
unknown u
in nothing: lap(u) = 0
on edge: u = 0
