pde 1
problem "A sweep beside a `param` of the same name, and a second one"
domain line(x) = interval(0, 1)
param nu = 7
sweep nu in [0.1, 1/10^2]
sweep k in [1, 2]
unknown u
in line: -nu*dxx(u) + k*u = 1
on left, right: u = 0
