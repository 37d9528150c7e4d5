pde 1
domain ball(r, a): spherical = box(r = 0 .. 1, a = 0 .. 6)
unknown u
in ball: lap(u) = 0
on edge: u = 0
