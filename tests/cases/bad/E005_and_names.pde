pde 1
domain line(x) = interval(0, 1)
param k = 2 3
unknown u
in line: k*dxx(u) = kk
on left, right: u = 0
reprot q = mean(u)
