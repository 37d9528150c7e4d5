# A steady field on a plate: a source inside, one edge held, one insulated, the others leaking.
# Change the numbers, the formulas and the names; then run  pdelang solve  on this file.
pde 1
problem "Steady temperature of a plate"

# The domain and its coordinates. The sides are called left, right, bottom and top.
domain plate(x, y) = box(x = 0 .. 2, y = 0 .. 1)

# Constants, and formulas with a name.
param k = 0.5           # conductivity
param h = 1             # loss to the surroundings
let heating = 4*exp(-8*((x - 1.4)^2 + (y - 0.5)^2))

# What is solved for, and the equation that holds inside: written as on a whiteboard.
unknown T
in plate as conduction: -div(k*grad(T)) = heating

# Every side needs a condition: a value, a flux, or both in one equation.
on left as held: T = 0
on right as insulated: dn(T) = 0            # dn: the derivative along the outward normal
on bottom, top as leaking: k*dn(T) = -h*T

# Numbers to print and save.
report hottest = max(T)
report outflow = integral(k*dn(T), on = left)

# How accurate: an estimate of the relative error below this ends the run.
solver { tolerance = 1e-3 }
