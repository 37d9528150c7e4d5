pde 1
domain line(x) = interval(0, 1)
unknown u,
  v
in line: dxx(u) = v
in line: dxx(v) = 1
on left,
  right: u = 0
on left, right: v = 0
