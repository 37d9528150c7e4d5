pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in plate: lap(u) = 1
on edge: u = 0
at (0.5, 0.5): x = y
