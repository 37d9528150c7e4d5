pde 1
domain line(x) = interval(-1, 1)
time t in -2.5 .. -1.
unknown u
in line: dt(u) = dxx(u)
on left, right: u = 0
at t = -2.5: u = 0
