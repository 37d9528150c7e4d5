pde 1
domain line(x) = interval(0, 1)
param import_rate = 1
param VARIABLES = 2
unknown u
in line: dxx(u) = import_rate + VARIABLES
on left, right: u = 0
