pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
periodic left, left
unknown u
in square: lap(u) = 0
on bottom, top: u = 1
on right: u = 1
