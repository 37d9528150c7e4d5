pde 1
# The pressure has no unit of its own; the momentum says what it is.
domain plate(x [mm], y [mm]) = box(x = 0 .. 2, y = 0 .. height)
param height = 0.1 [cm]
param rho = 1 [g/cm^3]
param mu = 1 [mPa s]
param speed = 1 [mm/s]
boundary early = plate.bottom where x < height
boundary late = plate.bottom where x >= height
unknown w: vector [um/s]
unknown p
in plate: rho*adv(w, w) + grad(p) = mu*lap(w)
in plate: div(w) = 0
on left, right, early, late: w = (0, 0)
on top: w = (speed*sin(pi*x/(2*height))^2, 0)
require mean(p) = 0
report power = integral(dot(dot(2*mu*sym(grad(w)) - p*identity, n), w), on = top) [uW/m]
