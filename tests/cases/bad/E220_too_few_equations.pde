pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
unknown p
in square as momentum: grad(p) = lap(w)
on edge: w = (0, 0)
require mean(p) = 0
