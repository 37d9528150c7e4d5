pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = integral(exp(x - s)*u(x = s), s = 0 .. x)
on left, right: u = 0
