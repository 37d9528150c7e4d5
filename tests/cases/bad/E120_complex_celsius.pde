pde 1
domain line(x [m]) = interval(0, 1)
param k = 3 [1/m]
unknown u: complex [degC]
in line: dxx(u) + k^2*u = 0
on left: u = 0
on right: dn(u) = i*k*u
