pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary lid = square.top
param nu = 0.1
let f(s) = s^2
unknown u
in square: lap(u) = 1
on edge: u = 0
allow W204: "the corners jump"
