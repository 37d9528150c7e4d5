# The Helmholtz equation:  lap(u) + k^2 u = f  on the unit square with k = 10; values on the edge
# and f made so that u = sin(k x) sin(k y).
# Source: manufactured solution.
pde 1
problem "The Helmholtz equation on the unit square, k = 10"

domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
param k = 10
let wave = sin(k*x)*sin(k*y)
unknown u

in square as helmholtz: lap(u) + k^2*u = -k^2*wave
on edge as rim: u = wave

exact u = wave
