# Poisson's equation on a disk:  -lap(u) = f,  u = g on the rim,
# with f and g made so that u = exp(x) sin(2 y).
# Source: manufactured solution.
pde 1
problem "Poisson's equation on a disk"

domain plate(x, y) = disk(center = (0, 0), radius = 1)
unknown u

in plate as poisson: -lap(u) = 3*exp(x)*sin(2*y)
on edge as rim: u = exp(x)*sin(2*y)

exact u = exp(x)*sin(2*y)
report area = integral(1)
report circumference = integral(1, on = edge)
