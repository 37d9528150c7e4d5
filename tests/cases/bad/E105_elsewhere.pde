pde 1
domain line(x) = interval(0, 1)
param k = 2
unknown u, v
in line: u = integral(u(x = s), s = 0 .. x, r = 0 .. 1) + integral(u(x = k), k = 0 .. 1)
in line: v = u(y = 0) + u(x = 0, x = 1) + u(x = 0 .. 1) + u(x = u) + u(0)
