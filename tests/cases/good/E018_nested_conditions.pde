pde 1
domain line(x) = interval(0, 1)
let f = if x < 0.2 then if x < 0.1 then 1 else 2 else 3
unknown u
in line: dxx(u) = f
on left, right: u = 0
