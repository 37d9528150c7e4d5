pde 1
domain bar(x) = interval(0, 1)
time t in 0 .. 1
unknown u, phi
in bar as drift: dt(u) = dxx(u) + phi
in bar as potential: dxx(phi) = u
on left, right: u = 0
on left, right: phi = 0
at t = 0: u = sin(pi*x)
