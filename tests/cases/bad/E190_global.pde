pde 1
domain box4(x, y, z, w) = box(x = 0 .. 1, y = 0 .. 1, z = 0 .. 1, w = 0 .. 1)
unknown u
in box4: lap(u) = max(u)
on edge: u = 0
