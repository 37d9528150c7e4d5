pde 1
domain rod(x) = interval(0, 1)
unknown u
in rod: dxx(u) = 1
on edge: u = 0
solver { method = least_squares  steps = 100  network = mlp(width = 8) }
