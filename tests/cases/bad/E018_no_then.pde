pde 1
domain rod(x) = interval(0, 1)
time t in 0 .. 1
let f = if t < 1 2 else 3
unknown u
in rod: dt(u) = dxx(u) + f
on left, right: u = 0
at t = 0: u = 0
