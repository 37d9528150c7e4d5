# The viscous Burgers equation:  u_t + u u_x = nu u_xx  with nu = 0.01/pi. The sine steepens into
# a front at x = 0 shortly after t = 1/pi; the front is about 4 nu wide.
# Source: Basdevant et al., "Spectral and finite difference solutions of the Burgers equation",
# Comput. Fluids 14 (1986) 23-41. Reference table: references/burgers.py.
pde 1
problem "Viscous Burgers equation"

domain line(x) = interval(-1, 1)
time t in 0 .. 1
param nu = 0.01/pi
unknown u

in line as burgers: dt(u) + u*dx(u) = nu*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: u = -sin(pi*x)

compare u = csv("references/burgers.csv", x = "x", t = "t", u = "u")
