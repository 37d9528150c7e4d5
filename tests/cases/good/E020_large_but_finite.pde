pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1e300*1e-300*2^100/2^100
on left, right: u = 0
