pde 1
domain line(x) = interval(0, 1)
fit q = 1 within 0 .. 10
unknown u
in line: -dxx(u) = q*sin(pi*x)
on left, right: u = 0
on left as cauchy: dn(u) = -2
report q = q
