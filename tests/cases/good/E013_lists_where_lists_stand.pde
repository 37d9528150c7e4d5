pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
on left, right: u = 0
output { grid = [101] }
