# Traction on one side, clamped on another: two conditions per side, one per component.
pde 1
domain block(x, y) = box(x = 0 .. 2, y = 0 .. 1)
param lambda = 1.2
param mu = 0.8
unknown w: vector
let stress = lambda*div(w)*identity + 2*mu*sym(grad(w))
boundary clamped = block.left
boundary loaded = block.right
boundary free = rest
in block as balance: div(stress) = (0, 0)
on clamped: w = (0, 0)
on loaded: dot(stress, n) = (0, -0.1)
on free: dot(stress, n) = (0, 0)
