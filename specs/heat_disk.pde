# Heat conduction in a disk:  dt(u) = lap(u),  flux and start made so that
# u = exp(-2 t) cos(x) cos(y).
# Source: manufactured solution.
pde 1
problem "Heat conduction in a disk"

domain plate(x, y) = disk(center = (0, 0), radius = 1)
time t in 0 .. 0.5
let heat = exp(-2*t)*cos(x)*cos(y)
unknown u

in plate as heat_equation: dt(u) = lap(u)
on edge as outflow: dn(u) = dot(n, grad(heat))
at t = 0 as start: u = heat

exact u = heat
report left_over = mean(u)
