pde 1
problem "Tables of one and of two coordinates"
domain rod(x) = interval(0, 1)
time t in 0 .. 1
let f = interp(csv("tables/plane.csv", x = "x", t = "t", f = "f"))
let g = interp(csv("tables/plane.csv", t = "t", x = "x", f = "f"))
unknown u
in rod: dt(u) = dx((1 + f)*dx(u)) + dt(g) + f(x = 1 - x)
on left, right: u = f
at t = 0: u = f
