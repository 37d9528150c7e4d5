pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary door = left where y < 0.5
periodic door, right
unknown u
in plate: lap(u) = 1
on bottom, top: u = 0
