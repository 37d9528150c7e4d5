pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1. + .5 + 2e-3 + 1.5E2 + 0.0
on left, right: u = 0
