pde 1
domain line(x) = interval(0, 1)
unknown u
fit lam = 10 within 1 .. 15
in line: -dxx(u) = lam*u
on left, right: u = 0
require integral(u^2) = 1
solver { method = adam }
