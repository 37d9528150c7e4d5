pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square: lap(u) = 1
on edge: u = 0
report profile = u(x = 0.5)
