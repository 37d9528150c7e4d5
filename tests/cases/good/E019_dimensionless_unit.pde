pde 1
domain line(x) = interval(0, 1)
param a = 3 [1]
unknown u
in line: dxx(u) = a
on left, right: u = 0
