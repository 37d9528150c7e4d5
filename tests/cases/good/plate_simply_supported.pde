pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w
in plate: lap(lap(w)) = 4*pi^4*sin(pi*x)*sin(pi*y)
on edge: w = 0
on edge: lap(w) = 0
exact w = sin(pi*x)*sin(pi*y)
