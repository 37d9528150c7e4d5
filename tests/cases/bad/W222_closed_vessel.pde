pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in plate: lap(u) = 1
on edge: dn(u) = 0
require mean(u) = 0
