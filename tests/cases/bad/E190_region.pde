pde 1
shape hole = disk(center = (0, 0), radius = 0.25)
domain air(x [m], y) = box(x = -1 .. 1, y = -1 .. 1)
unknown u
vary k in 1 .. 2
in air: lap(u) + k^2*u = 0
in hole: u = 0
on left, right, bottom, top: dn(u) = 0
solver { method = lbfgs }
