pde 1
domain cube(x, y, z) = box(x = 0 .. 1, y = 0 .. 1, z = 0 .. 1)
unknown w: vector
in cube: lap(w) = dot(grad(w), w) + (1, 0, 0)
on edge: w = (0, 0, 0)
