pde 1
domain line(x) = interval(0, 1)
param k = 2
unknown u
in line: dxx(u) = 1
on left, right: u = 0
report twice = k*value(u, 0.5)
