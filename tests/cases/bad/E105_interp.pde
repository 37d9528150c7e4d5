pde 1
domain rod(x) = interval(0, 1)
unknown u
let a = interp(x)
let b = interp(csv("tables/plane.csv", x = "x"))
let c = interp(csv("tables/short.csv", x = "x", k = "k"))
let d = interp(csv(x = "x", k = "k"))
in rod: dxx(u) = a + b + c + d
on left, right: u = 0
