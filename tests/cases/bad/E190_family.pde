pde 1

domain line(x) = interval(0, 1)
vary k in 1 .. 2
fit c = 1 within 0 .. 3
unknown u

in line: dxx(u) = k*u + c
on left, right: u = 0
require mean(u) = 1
