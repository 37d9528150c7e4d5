pde 1
domain line(x) = interval(0, 1)
sweep nu in []
unknown u
in line: -nu*dxx(u) = 1
on left, right: u = 0
