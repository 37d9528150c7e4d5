pde 1
domain rod(x) = interval(0, 1)
let f = if x = 0 then 1 else 2
unknown u
in rod: dxx(u) = f
on left, right: u = 0
