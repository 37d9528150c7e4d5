pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
let q = disk(center = (0, 0), radius = 1)
in square: lap(u) = csv("tables/reference.csv", x = "x", u = "u") + q
on left, right: u = low(x)
on bottom, top: u = pi(x)
