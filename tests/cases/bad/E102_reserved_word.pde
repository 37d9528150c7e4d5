pde 1
domain line(x) = interval(0, 1)
param n = 3
param dx = 0.1
let sin(s) = s
unknown u
in line: dxx(u) = n*dx
on left, right: u = 0
