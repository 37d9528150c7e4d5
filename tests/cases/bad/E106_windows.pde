pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
on edge: u = 0
solver { windows = 4 }
