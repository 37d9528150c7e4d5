pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
on left, right: u = 0
solver { seed = 3  method = least_squares  tolerance = 1e-5 }
output { plots = none  grid = 51 }
