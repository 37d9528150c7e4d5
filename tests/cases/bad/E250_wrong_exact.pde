pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = -pi^2*sin(pi*x)
on left, right: u = 0
exact u = sin(2*pi*x)
