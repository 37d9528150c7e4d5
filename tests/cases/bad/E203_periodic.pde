pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
periodic left, right
unknown u
in line: dt(u) = dxx(u)
on left: u = 0
at t = 0: u = sin(2*pi*x)
