# Steady flow in a square cavity whose lid slides, Reynolds number 100:
#   (u . grad) u + grad p = lap(u)/Re,  div u = 0,  u = (1, 0) on the lid, u = 0 on the walls.
# Source: Ghia, Ghia, Shin, "High-Re solutions for incompressible flow using the Navier-Stokes
# equations and a multigrid method", J. Comput. Phys. 48 (1982) 387-411.
# Reference table: references/cavity.py.
pde 1
problem "Steady lid-driven cavity at Re = 100"

domain cavity(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary lid = cavity.top
boundary walls = rest
param Re = 100
unknown u: vector
unknown p

in cavity as momentum: adv(u, u) + grad(p) = lap(u)/Re
in cavity as mass: div(u) = 0
on lid as sliding: u = (1, 0)
on walls as noslip: u = (0, 0)
require mean(p) = 0

allow W204: "the jump of the velocity at the two lid corners is part of the benchmark"
compare u = csv("references/cavity.csv", x = "x", y = "y", u_x = "u_x", u_y = "u_y")
report u_mid = value(u.x, (0.5, 0.5))
