# A dielectric cylinder in a uniform field:  div(eps*grad(V)) = 0 inside and outside, V and the
# normal component of eps*grad(V) continuous at its skin; the field within is 2/(1 + eps).
# Source: Jackson, "Classical Electrodynamics", 3rd edition, section 4.4, in the plane.
pde 1
problem "Dielectric cylinder in a uniform field"

shape cylinder = disk(center = (0, 0), radius = 0.5)
domain lab(x, y) = disk(center = (0, 0), radius = 1)
shape air = lab - cylinder
boundary skin = interface(cylinder, air)
boundary far = rest
param eps = 4
let r2 = x^2 + y^2
let dipole = (eps - 1)/(eps + 1)*0.25
unknown V

in cylinder: div(eps*grad(V)) = 0
in air: lap(V) = 0
on skin as potential: jump(V) = 0
on skin as displacement: eps*side(dn(V), cylinder) = side(dn(V), air)
on far: V = dipole*x - x

exact V = if r2 < 0.25 then -2/(eps + 1)*x else dipole*x/r2 - x
report field = -value(dx(V), (0, 0))
report charge = integral(jump(dn(V))*n.x, on = skin)

solver { tolerance = 1e-3 }
