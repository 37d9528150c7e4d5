# Poisson's equation on the unit cube:  -lap(u) = f,  u = 0 on the faces,
# with f made so that u = sin(pi x) sin(pi y) sin(pi z).
# Source: manufactured solution.
pde 1
problem "Poisson's equation on the unit cube"

domain cube(x, y, z) = box(x = 0 .. 1, y = 0 .. 1, z = 0 .. 1)
let mode = sin(pi*x)*sin(pi*y)*sin(pi*z)
unknown u

in cube as poisson: -lap(u) = 3*pi^2*mode
on edge as faces: u = 0

exact u = mode
report total = integral(u)
