pde 1
domain bar(x) = interval(0, 2)
unknown u
in bar as balance: dxx(u) = -100
on left, right: u = 0
