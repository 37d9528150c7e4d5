pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u)
  + u
  =
  x
on left, right: u = 0
