# Slow flow past a sphere, in (r, θ) with θ from the axis:  grad p = lap w,  div w = 0.
# The drag is 6π for unit radius, speed and viscosity; here it acts on the fluid, so it is -6π.
# Source: Stokes (1851); Batchelor, "An Introduction to Fluid Dynamics" (1967), section 4.9.
pde 1
problem "Stokes flow past a sphere"

domain shell(r, θ): spherical = box(r = 1 .. 3, θ = 0 .. pi)
unknown w: vector
unknown p
let along = 1 - 3/(2*r) + 1/(2*r^3)
let across = 1 - 3/(4*r) - 1/(4*r^3)
let stress = 2*sym(grad(w)) - p*identity

in shell as momentum: grad(p) = lap(w)
in shell as mass: div(w) = 0
on left as sphere: w = (0, 0)
on right as far: w = (along*cos(θ), -across*sin(θ))
at (2, pi/2): p = 0

exact w = (along*cos(θ), -across*sin(θ))
exact p = -3/2*cos(θ)/r^2
report drag = integral(dot(dot(stress, n), (cos(θ), -sin(θ))), on = shell.left)
