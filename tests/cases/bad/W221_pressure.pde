pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
unknown p
in square: grad(p) = lap(w) + (y, 0)
in square: div(w) = 0
on edge: w = (0, 0)
