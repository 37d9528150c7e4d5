pde 1
domain line(x) = interval(1, 0)
unknown u
in line: dxx(u) = 1
on left, right: u = 0
