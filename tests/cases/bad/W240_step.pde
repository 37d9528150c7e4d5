pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
let k = 1 + heaviside(x - 0.5)
in plate: div(k*grad(u)) = 1
on edge: u = 0
