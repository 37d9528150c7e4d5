pde 1
domain line(x) = interval(0, 2)
unknown u
in line: u = x + integral((s - x)*u(x = s), s = 0 .. x)
exact u = sin(x) + x^3/100
