pde 1
domain plate(x, y) = disk(center = (0, 0), radius = 1)
unknown u
in plate: lap(u) = mean(u) - 2
on edge: u = 0
