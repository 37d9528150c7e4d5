pde 1
domain line(x) = interval(0, 1)
unknown u, v
in line: u = integral(exp(s - x)*u(x = s), s = 0 .. 2*x)
in line: v = u + v(x = x - 1)
