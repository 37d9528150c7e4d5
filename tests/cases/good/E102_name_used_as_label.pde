pde 1
domain line(x) = interval(0, 1)
param k = 2
unknown u
in line as k: dxx(u) = k
on left, right: u = 0
report k = value(u, 0.5)
