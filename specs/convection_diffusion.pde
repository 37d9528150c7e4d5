# Steady convection and diffusion:  -eps u'' + u' = 1  on (0, 1),  u = 0 at both ends, eps = 0.01.
# A boundary layer of width eps stands at the right end.
# Source: Roos, Stynes, Tobiska, "Robust Numerical Methods for Singularly Perturbed Differential
# Equations", 2nd ed. (2008), chapter I.1.
pde 1
problem "Convection and diffusion with a boundary layer"

domain line(x) = interval(0, 1)
param eps = 0.01
unknown u

in line as transport: -eps*dxx(u) + dx(u) = 1
on left, right as ends: u = 0

exact u = x - (exp((x - 1)/eps) - exp(-1/eps))/(1 - exp(-1/eps))
