pde 1
shape hole = disk(radius = 0.2, center = (0.5, 0.5))
domain plate(x, y) = box(y = 0 .. 1, x = 0 .. 1) - hole
unknown u
in plate: lap(u) = atan2(y, x)
on edge: u = 0
