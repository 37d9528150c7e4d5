pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u, v
in square: lap(u) = v
in square: lap(v) = 1
on left, right: u = 0
on left, right, top: v = 0
