pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u, v, w
in line: dt(u) = dxx(u)
in line: dtt(v) = dxx(v)
in line: dt(w) = -w
on left, right: u = 0
on left, right: v = 0
at t = 0: dt(u) = 0
at t = 0: v = 0
at t = 0: v = x*(1 - x)
at t = 0: x = 0
