pde 1
domain line(x) = interval(0, 1)
param k = 3
let k = x
unknown u
in line: k*dxx(u) = 1
on left, right: u = 0
exact u = 0
exact u = x
