pde 1
domain line(x) = interval(0, 1)
let f(s) = s + 1
let g(s) = f(2*s)
unknown u
in line: dxx(u) = g(x)
on left, right: u = 0
