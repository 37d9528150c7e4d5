pde 1
problem "Viscous Burgers"
domain line(x) = interval(-1, 1)
time t in 0 .. 1
param nu = 0.01/pi
unknown u
in line as burgers: dt(u) + u*dx(u) = nu*dxx(u)
on left, right: u = 0
at t = 0: u = -sin(pi*x)
