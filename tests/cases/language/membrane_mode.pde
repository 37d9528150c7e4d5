pde 1
problem "Fundamental mode of the L-shaped membrane"
domain ell(x, y) = box(x = -1 .. 1, y = -1 .. 1) - box(x = 0 .. 1, y = -1 .. 0)
unknown u
fit lam = 10 within 1 .. 15
in ell: -lap(u) = lam*u
on edge: u = 0
require integral(u^2) = 1
report lam_1 = lam
