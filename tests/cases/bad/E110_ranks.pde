pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
unknown p
in square: adv(w, w) + p = lap(w)
in square: div(p) = 0
on edge: w = 0
