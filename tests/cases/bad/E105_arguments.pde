pde 1
domain square(x, y) = box(x = 0 .. 1, z = 0 .. 1)
let f(r, s) = r*s
unknown u
in square: dxx(u) + dyy(u(x, y)) = f(x) + sin(x, y)
on edge: u = 0
