pde 1
domain line(x) = interval(0, 1)
param unknowns = 1
param params = 2
unknown u
in line: dxx(u) = unknowns + params
on left, right: u = 0
