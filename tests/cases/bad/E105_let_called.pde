pde 1
domain rod(x) = interval(0, 1)
let k = 1 + x^2
let c = 3
unknown u
in rod: dx(k(x)*dx(u)) = c(x + 1)
on left, right: u = 0
