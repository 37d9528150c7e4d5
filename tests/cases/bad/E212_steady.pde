pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dt(u) = dxx(u) + exp(-t)
on left, right: u = 0
at t = 0: u = 0
