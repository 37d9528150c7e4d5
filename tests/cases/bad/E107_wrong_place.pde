pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
param k = 1 + x
let flux = -dn(u)
unknown u
in line: dt(u) = dxx(u) + n.x + flux
on left, right: dn(u) = 0
at t = 0: u = 0
exact u = 2*u
report q = u
