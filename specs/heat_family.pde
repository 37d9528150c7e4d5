# The heat equation for every diffusivity of a decade, u_t = D u_xx: one solution u(x, t, D).
# Source: separation of variables; Carslaw and Jaeger, Conduction of Heat in Solids (1959), 3.3.
pde 1
problem "Heat conduction for all diffusivities"

domain rod(x) = interval(0, 1)
time t in 0 .. 0.5
vary D in 0.1 .. 1
unknown u

in rod as heat: dt(u) = D*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: u = sin(pi*x)

exact u = exp(-pi^2*D*t)*sin(pi*x)
report heat_left = integral(u)
report outflow = -D*value(dx(u), 1)
