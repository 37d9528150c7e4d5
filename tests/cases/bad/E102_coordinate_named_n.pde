pde 1
domain line(n) = interval(0, 1)
unknown u
in line: dn(dn(u)) = 1
on left, right: u = 0
