# A nonlinear Helmholtz equation (Kerr medium):  lap(u) + k^2 u + eps u^3 = f  on the unit square,
# k = 5, eps = 1; values on the edge and f made so that u = sin(k x) cos(k y).
# Source: Fibich, Tsynkov, "High-order two-way artificial boundary conditions for nonlinear wave
# propagation with backscattering", J. Comput. Phys. 171 (2001) 632-677 (the equation), with a
# manufactured solution.
pde 1
problem "The Helmholtz equation in a Kerr medium"

domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
param k = 5
param eps = 1
let wave = sin(k*x)*cos(k*y)
unknown u

in square as helmholtz: lap(u) + k^2*u + eps*u^3 = -k^2*wave + eps*wave^3
on edge as rim: u = wave

exact u = wave
