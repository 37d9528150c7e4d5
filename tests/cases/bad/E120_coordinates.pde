pde 1
domain phase(x [m], v [m/s]) = box(x = 0 .. 1, v = 0 .. 1)
unknown f
in phase: lap(f) = 0
on edge: f = 0
