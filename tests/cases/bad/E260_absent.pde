pde 1
domain line(x) = interval(0, 1)
fit a = 1
fit b = 1
unknown u
in line: -dxx(u) = a
on left, right: u = 0
require mean(u) = 1
report b = b
