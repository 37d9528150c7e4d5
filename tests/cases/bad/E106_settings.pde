pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
on left, right: u = 0
solver {
  tolerence = 1e-6
  method = adm
  weights = ntk
  network = mlp(widht = 64, depth = 0)
  points = 10.5
  precision = f16
}
output { grid = 1  tolerance = 1e-3 }
