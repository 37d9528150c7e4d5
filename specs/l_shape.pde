# Poisson's equation on an L-shaped plate:  -lap(u) = 2 pi^2 u,  u = 0 on the edge,
# with the right side made so that u = sin(pi x) sin(pi y).
# Source: manufactured solution; it is the third mode of the L-shaped membrane of Fox, Henrici,
# Moler, SIAM J. Numer. Anal. 4 (1967) 89-102, whose eigenvalue is 2 pi^2.
pde 1
problem "Poisson's equation on an L-shaped plate"

domain ell(x, y) = box(x = -1 .. 1, y = -1 .. 1) - box(x = 0 .. 1, y = -1 .. 0)
unknown u

in ell as poisson: -lap(u) = 2*pi^2*sin(pi*x)*sin(pi*y)
on edge as rim: u = 0

exact u = sin(pi*x)*sin(pi*y)
report area = integral(1)
