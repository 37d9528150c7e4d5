pde 1
domain line(x) = interval(0, 1)
param L = 100
unknown u
in line: dxx(u) = L
on left, right: u = 0
