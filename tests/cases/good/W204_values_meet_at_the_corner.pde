pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square: lap(u) = 0
on left: u = 1 - y
on bottom: u = 1 - x
on top, right: u = 0
