pde 1
domain line(x) = interval(0, 1)
fit k = 1 within 0.1 .. 10
unknown u
in line: k*dxx(u) = -1
on left, right: u = 0
on left: dn(u) = -0.25
