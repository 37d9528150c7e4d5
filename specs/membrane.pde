# Fundamental mode of the L-shaped membrane, an eigenproblem with a singular corner:
#   -lap(u) = lam u,  u = 0 on the edge,  integral of u^2 = 1;  lam_1 = 9.6397238440219...
# Source: Fox, Henrici, Moler, "Approximations and bounds for eigenvalues of elliptic operators",
# SIAM J. Numer. Anal. 4 (1967) 89-102; digits: Betcke, Trefethen, SIAM Rev. 47 (2005) 469-491.
pde 1
problem "Fundamental mode of the L-shaped membrane"

domain ell(x, y) = box(x = -1 .. 1, y = -1 .. 1) - box(x = 0 .. 1, y = -1 .. 0)
unknown u
fit lam = 10 within 1 .. 15

in ell as membrane: -lap(u) = lam*u
on edge as rim: u = 0
require integral(u^2) = 1

exact lam = 9.6397238440219
report lam_1 = lam
