pde 1
domain tube(r, a, z): polar = box(r = 0 .. 1, a = 0 .. 6, z = 0 .. 1)
unknown u
in tube: lap(u) = 0
on edge: u = 0
