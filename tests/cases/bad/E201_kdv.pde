pde 1
domain line(x) = interval(-10, 10)
time t in 0 .. 1
unknown u
in line: dt(u) + 6*u*dx(u) + dxxx(u) = 0
on left, right: u = 0
at t = 0: u = exp(-x^2)
