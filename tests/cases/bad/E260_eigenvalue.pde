pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
fit lam = 10 within 1 .. 30
in plate: -lap(u) = lam*u
on edge: u = 0
