# A nonlinear Poisson equation:  -div((1 + u^2) grad u) = f  on the unit square,  u = 0 on the edge,
# with f made so that u = sin(pi x) sin(pi y).
# Source: manufactured solution.
pde 1
problem "Poisson's equation with a conductivity that depends on the solution"

domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
let mode = sin(pi*x)*sin(pi*y)
unknown u

in square as poisson: -div((1 + u^2)*grad(u)) = -div((1 + mode^2)*grad(mode))
on edge as rim: u = 0

exact u = mode
