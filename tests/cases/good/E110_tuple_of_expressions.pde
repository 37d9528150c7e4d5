pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
in square: div(grad(w)) = 2*(x, y) - w/2
on edge: w = (x, dot(w, w)*0)
