# Helmholtz's equation around a round hole, Robin conditions outside:
#   lap(u) + k^2 u = 0,  dn(u) = flux on the hole,  dn(u) + (k/Z) u = g on the walls,
# with flux and g made so that u = sin(k x) + cos(k y).
# Source: manufactured solution.
pde 1
problem "Helmholtz around a round hole"

shape hole = disk(center = (0, 0), radius = 0.25)
shape room = box(x = -1 .. 1, y = -1 .. 1)
domain air(x, y) = room - hole
boundary rim = hole.edge
boundary walls = rest
param k = 6
param Z = 2.5
let wave = sin(k*x) + cos(k*y)
unknown u

in air as helmholtz: lap(u) + k^2*u = 0
on rim as hard: dn(u) = dot(n, grad(wave))
on walls as robin: dn(u) + (k/Z)*u = dot(n, grad(wave)) + (k/Z)*wave

exact u = wave
