pde 1
use "parts/../parts/materials.pde"
domain line(x) = interval(0, 1)
unknown u
in line: rho*dxx(u) = 1
on left, right: u = 0
