pde 1
domain air(x [m], y) = box(x = -1 .. 1, y = -1 .. 1)
unknown u
vary k in 1 .. 2
in air: lap(u) + k^2*u = 0
on left, right, bottom, top: dn(u) = 0
solver { method = lbfgs }
