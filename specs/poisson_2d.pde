# Poisson's equation on the unit square:  -lap(u) = f,  u = 0 on the edge,
# with f made so that u = sin(pi x) sin(2 pi y).
# Source: manufactured solution.
pde 1
problem "Poisson's equation on the unit square"

domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u

in square as poisson: -lap(u) = 5*pi^2*sin(pi*x)*sin(2*pi*y)
on edge as rim: u = 0

exact u = sin(pi*x)*sin(2*pi*y)
report largest = max(u)
