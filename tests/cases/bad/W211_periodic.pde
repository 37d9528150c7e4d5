pde 1
domain ring(x) = interval(0, 1)
time t in 0 .. 1
periodic left, right
unknown u
in ring: dt(u) + dx(u) = 0
at t = 0: u = sin(x)
