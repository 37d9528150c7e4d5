pde 1
domain line(x) = interval(0, 1)
sweep u in [1, 2]
sweep nu in [0.5, 1/2]
unknown u
in line: -nu*dxx(u) = 1
on left, right: u = 0
