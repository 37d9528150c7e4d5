pde 1
problem "A periodic cell with a hole"
shape hole = disk(center = (0, 0), radius = 0.3)
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
periodic left, right
unknown u
in cell: -lap(u) = 1
on top, bottom: u = 0
on hole.edge: dn(u) = 0
