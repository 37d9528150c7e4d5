pde 1
shape hole = disk(center = (0, 0), radius = 0.25)
domain air(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
unknown u
in air: lap(u) = 0
on left, right: u = 0
on hole.edge: u = 1
