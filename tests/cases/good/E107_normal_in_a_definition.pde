pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
let outflow(q) = dot(n, grad(q))
unknown u
in square: lap(u) = u
on left, right: u = 0
on top, bottom: outflow(u) + n.x = 1
