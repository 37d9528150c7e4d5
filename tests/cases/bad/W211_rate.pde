pde 1
domain string(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in string: dtt(u) = dxx(u)
on left: u = sin(3*t)
on right: u = 0
at t = 0: u = 0
at t = 0: dt(u) = 0
