# Heat in a ball, in the radius alone:  u_t = u_rr + (2/r) u_r,  u = 0 on the surface.
# Source: Carslaw and Jaeger, "Conduction of Heat in Solids" (1959), section 9.3, first mode.
pde 1
problem "Cooling of a ball"

domain ball(r): spherical = interval(0, 1)
time t in 0 .. 0.2
unknown u

in ball as heat: dt(u) = lap(u)
on right as surface: u = 0
at t = 0 as start: u = sin(pi*r)/r

exact u = exp(-pi^2*t)*sin(pi*r)/r
report heat = integral(u)
