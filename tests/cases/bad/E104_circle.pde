pde 1
domain line(x) = interval(0, 1)
param a = 2*b
param b = c + 1
param c = a/3
let f(s) = f(s - 1)
unknown u
in line: a*dxx(u) = f(x)
on left, right: u = 0
