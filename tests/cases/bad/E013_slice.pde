pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
in square: lap(w) = (0, 0)
on edge: w[:, 0] = 0
