pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = -4*pi^2*sin(pi*x)*cos(pi*x)*2/2
on left, right: u = 0
exact u = 2*sin(pi*x)*cos(pi*x)/2
