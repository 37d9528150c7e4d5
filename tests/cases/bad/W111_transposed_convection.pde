pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
in square: dot(grad(w), w) = lap(w)
on edge: w = (0, 0)
