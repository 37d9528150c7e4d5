pde 1
use "parts/circle_a.pde"
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = a + b
on left, right: u = 0
