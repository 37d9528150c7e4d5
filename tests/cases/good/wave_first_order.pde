pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown v, s
in line: dt(v) = dx(s)
in line: dt(s) = dx(v)
on left, right: v = 0
at t = 0: v = sin(pi*x)
at t = 0: s = 0
exact v = sin(pi*x)*cos(pi*t)
exact s = cos(pi*x)*sin(pi*t)
