# Steady heat through two layers with a source in the first:  -div(k*grad(T)) = q in each layer,
# the temperature and the flux k*dn(T) the same on both sides of the weld.
# Source: Incropera, DeWitt, "Fundamentals of Heat and Mass Transfer", section 3.5.
pde 1
problem "Heat through a wall of two layers"

domain wall(x, y) = box(x = 0 .. 1, y = 0 .. 1)
shape brick = box(x = 0 .. 0.4, y = 0 .. 1)
shape foam = wall - brick
boundary weld = interface(brick, foam)
param k1 = 2
param k2 = 0.25
param q = 5
unknown T

in brick: -div(k1*grad(T)) = q
in foam: -div(k2*grad(T)) = 0
on weld as contact: jump(T) = 0
on weld as flux: k1*side(dn(T), brick) = k2*side(dn(T), foam)
on left: dn(T) = 0
on right: T = 0
on bottom, top: dn(T) = 0

let loss = 0.4*q
exact T = if x < 0.4 then loss*0.6/k2 + q*(0.16 - x^2)/(2*k1) else loss*(1 - x)/k2
report heat = integral(-k2*dn(T), on = right)
report warmest = max(T, in = brick)
