pde 1
domain line(x) = interval(0, 1)
unknown u, v
in line: dxx(u) = 1
in line: dxx(u) = x
on left, right: u = 0
