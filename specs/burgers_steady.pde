# The steady Burgers equation:  u u' = nu u''  on (-1, 1) with nu = 0.1: a smooth shock at rest.
# Source: u = -tanh(x/(2 nu)), the travelling shock of Whitham, "Linear and Nonlinear Waves"
# (1974), 4.3, at speed 0.
pde 1
problem "A shock at rest"

domain line(x) = interval(-1, 1)
param nu = 0.1
let shock = -tanh(x/(2*nu))
unknown u

in line as burgers: u*dx(u) = nu*dxx(u)
on left, right as ends: u = shock

exact u = shock
