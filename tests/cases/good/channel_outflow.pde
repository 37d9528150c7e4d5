# Inflow profile, no slip, a traction-free outflow: it serves the velocity and fixes the pressure.
pde 1
domain channel(x, y) = box(x = 0 .. 3, y = 0 .. 1)
unknown w: vector
unknown p
param nu = 0.1
in channel as momentum: adv(w, w) + grad(p) = nu*lap(w)
in channel as mass: div(w) = 0
on left: w = (4*y*(1 - y), 0)
on bottom, top: w = (0, 0)
on right: nu*dn(w) - p*n = (0, 0)
