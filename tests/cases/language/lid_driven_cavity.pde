pde 1
problem "Steady lid-driven cavity"
domain cavity(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary lid = cavity.top
boundary walls = rest
param Re = 100
unknown u: vector
unknown p
in cavity as momentum: adv(u, u) + grad(p) = lap(u)/Re
in cavity as mass: div(u) = 0
on lid: u = (1, 0)
on walls: u = (0, 0)
require mean(p) = 0
allow W204: "the jump at the lid corners is part of the benchmark"
report u_mid = value(u.x, (0.5, 0.5))
