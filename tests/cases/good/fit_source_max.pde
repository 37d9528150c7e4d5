pde 1
domain line(x) = interval(0, 1)
fit q = 1
unknown u
in line: -dxx(u) = q*sin(pi*x)
on left, right: u = 0
require max(u) = 1
