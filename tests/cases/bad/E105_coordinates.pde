pde 1
domain disk(r, a): polar = box(r = -1 .. 1, a = 0 .. 7)
unknown u
in disk: lap(u) = 0
on edge: u = 0
