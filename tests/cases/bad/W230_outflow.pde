pde 1
domain disk(x, y) = disk(center = (0, 0), radius = 1)
time t in 0 .. 1
unknown u
boundary out = disk.edge where x > 0.5
in disk: dt(u) + dx(u) = 0
on out: u = 0
at t = 0: u = exp(-4*(x^2 + y^2))
