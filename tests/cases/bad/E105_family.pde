pde 1

domain line(x) = interval(0, 1)
vary a in 2 .. 1
vary b in 0 .. 1
unknown u

in line: dxx(u) = a*u + d(u, b)
on left, right: u = 0
