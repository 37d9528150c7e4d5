pde 1

domain line(x [m]) = interval(0, 1)
vary k in 1 .. 2
unknown u [K]

in line: dxx(u) = k*u
on left, right: u = 0
