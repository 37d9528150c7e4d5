pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
let a = interp(csv("tables/missing.csv", x = "x", k = "k"))
let b = interp(csv("tables/scattered.csv", x = "x", y = "y", k = "k"))
let c = interp(csv("tables/scattered.csv", x = "x", y = "z", k = "k"))
in square: lap(u) = a + b + c
on edge: u = 0
