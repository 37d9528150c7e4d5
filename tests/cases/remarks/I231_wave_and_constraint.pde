pde 1
domain string(x) = interval(0, 1)
time t in 0 .. 1
unknown u, force
in string as motion: dtt(u) = dxx(u) + force
in string as law: force = -u
on left, right: u = 0
at t = 0: u = sin(pi*x)
at t = 0: dt(u) = 0
