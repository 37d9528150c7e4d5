pde 1
domain line(x) = interval(0, 1)
let f = ((((x))))
unknown u
in line: dxx(u) = f
on left, right: u = 0
