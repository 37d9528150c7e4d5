# A plate with a round hole under tension, plane stress: the stress beside the hole is three times that far off.
#   div(sigma) = 0,  sigma = 2 mu eps + lambda div(w) I,  sigma n = 0 on the hole, Kirsch's tractions outside.
# Source: Kirsch, Z. VDI 42 (1898) 797-807; Timoshenko, Goodier, "Theory of elasticity", section 35.
pde 1
problem "Plate with a hole under tension"

shape bore = disk(center = (0, 0), radius = 1)
shape sheet = box(x = -4 .. 4, y = -4 .. 4)
domain plate(x, y) = sheet - bore
param nu = 0.3
param mu = 1/(2*(1 + nu))
param lambda = nu/(1 - nu^2)
unknown w: vector

let strain = 0.5*(grad(w) + transpose(grad(w)))
let stress = 2*mu*strain + lambda*div(w)*identity()

# Kirsch's stresses, in powers of 1/r and Cartesian components; far off sigma_xx = 1 alone.
let r2 = x^2 + y^2
let c2 = (x^2 - y^2)/r2
let s2 = 2*x*y/r2
let c4 = c2^2 - s2^2
let s4 = 2*s2*c2
let sxx = 1 - (1.5*c2 + c4)/r2 + 1.5*c4/r2^2
let syy = -(0.5*c2 - c4)/r2 - 1.5*c4/r2^2
let sxy = -(0.5*s2 + s4)/r2 + 1.5*s4/r2^2

in plate as balance: div(stress) = (0, 0)
on bore.edge as free: dot(stress, n) = (0, 0)
on plate.left, plate.right, plate.bottom, plate.top as pulled: dot(stress, n) =
  (sxx*n.x + sxy*n.y, sxy*n.x + syy*n.y)
require mean(w.x) = 0
require mean(w.y) = 0
require mean(curl(w)) = 0

param kappa = (3 - nu)/(1 + nu)
exact w = ((x*(kappa + 1) + 2*((1 + kappa)*x + x*(2*c2 - 1))/r2 - 2*x*(2*c2 - 1)/r2^2)/(8*mu),
  (y*(kappa - 3) + 2*((1 - kappa)*y + y*(2*c2 + 1))/r2 - 2*y*(2*c2 + 1)/r2^2)/(8*mu))
report concentration = max(2*mu*dx(w.x) + lambda*div(w), on = bore.edge)
