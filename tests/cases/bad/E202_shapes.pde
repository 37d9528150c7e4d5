pde 1
shape hole = disk(center = (0, 0), radius = 0.25)
shape far = disk(center = (5, 5), radius = 0.25)
domain plate(x, y) = disk(center = (0, 0), radius = 1) - hole
boundary flat = plate.left
boundary rim = far.edge
boundary piece = hole.edge where x > 1
unknown u
in plate: lap(u) = 0
on edge: u = 0
report away = integral(u, in = far)
report at_hole = value(u, (0, 0))
