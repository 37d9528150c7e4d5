pde 1
domain disk(r, a): polar = box(r = 0 .. 1, a = 0 .. 2*pi)
unknown u
in disk: lap(u) = 0
on right: u = 0
on top: u = 0
