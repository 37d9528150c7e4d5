pde 1
domain ring(x) = interval(0, 1)
periodic left, right
unknown u
in ring: dxx(u) = -2
require mean(u) = 1/6
exact u = x*(1 - x)
