pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
fit k(x, y) = 1 within 0.1 .. 10
in plate: div(k*grad(u)) = 1
on edge: u = 0
require mean(u) = 1
