pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 0
on left: jump(u) = 0
on right: u = 1
