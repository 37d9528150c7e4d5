pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
at x = 0: u = 0
on right: u = 0
