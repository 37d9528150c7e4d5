pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
time t in 0 .. 1
unknown w: vector
unknown p
in square: dt(w) + adv(w, w) + grad(p) = lap(w)
in square: div(w) = 0
on edge: w = (0, 0)
at t = 0: w = (0, 0)
at t = 0: p = 0
require mean(p) = 0
