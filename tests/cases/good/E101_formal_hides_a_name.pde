pde 1
domain line(x) = interval(0, 1)
param s = 2
let f(s) = s^2
unknown u
in line: dxx(u) = f(x) + s
on left, right: u = 0
