# The heat equation:  u_t = alpha u_xx  on a rod with cold ends; one sine decays.
# Source: separation of variables, any textbook (Evans, "Partial Differential Equations", 2.3).
pde 1
problem "Heat in a rod with cold ends"

domain rod(x) = interval(0, 1)
time t in 0 .. 1
param alpha = 0.1
unknown u

in rod as heat: dt(u) = alpha*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: u = sin(pi*x)

exact u = exp(-alpha*pi^2*t)*sin(pi*x)
report middle = value(u, (0.5))
