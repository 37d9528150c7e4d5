pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
in line: dx(u) = x - 0.5
on left, right: u = 0
