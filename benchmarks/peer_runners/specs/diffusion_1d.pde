# The diffusion equation with a source:  u_t = u_xx - exp(-t) (1 - pi^2) sin(pi x); u = exp(-t) sin(pi x).
# Source: the example "Diffusion equation" of DeepXDE's documentation.
pde 1
problem "Diffusion with a source"

domain rod(x) = interval(-1, 1)
time t in 0 .. 1
let known = exp(-t)*sin(pi*x)
unknown u

in rod as diffusion: dt(u) = dxx(u) - (1 - pi^2)*known
on left, right as ends: u = 0
at t = 0 as start: u = sin(pi*x)

exact u = known
