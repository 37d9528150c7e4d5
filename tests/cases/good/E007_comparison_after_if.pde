pde 1
domain line(x) = interval(0, 1)
let f = if x == 0.5 or x >= 0.75 then 1 else 2
unknown u
in line: dxx(u) = f
on left, right: u = 0
