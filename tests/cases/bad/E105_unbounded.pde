pde 1
domain plane(x, y) = implicit(x^2 - y) - disk(center = (0, 1), radius = 0.5)
unknown u
in plane: lap(u) = 0
on edge: u = 0
