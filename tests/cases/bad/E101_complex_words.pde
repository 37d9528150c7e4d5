pde 1

domain line(x) = interval(0, 1)
unknown u

in line: dxx(u) = re(u) + i
on left, right: u = 0
