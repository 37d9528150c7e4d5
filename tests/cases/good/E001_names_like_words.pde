pde 1
domain line(x) = interval(0, 1)
param into = 2
param onset = 3
unknown u
in line: dxx(u) = into + onset
on left, right: u = 0
