# A fourth-order problem: a beam bent by its load, clamped at one end and free at the other.
# Change the numbers, the formulas and the names; then run  pdelang solve  on this file.
pde 1
problem "A cantilever under a growing load"

# The domain with its coordinate. The ends are called left and right.
domain beam(x) = interval(0, 1)

param EI = 2            # bending stiffness
let load = x

# What is solved for: the deflection.
unknown w
in beam as bending: EI*dxxxx(w) = load

# Four derivatives: two conditions at each end.
on left as clamped: w = 0
on left as level: dx(w) = 0
on right as no_moment: dxx(w) = 0
on right as no_shear: dxxx(w) = 0

# A number to print and save.
report tip = value(w, (1))
