pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
in square: grad(dot(w, w)/2) + adv(w, w) = lap(w)
on edge: w = (0, 0)
