pde 1
domain line(x) = interval(0, 1)
unknown u
in line as balance: dxx(u) = 1
on left, right as ends: u = 0
