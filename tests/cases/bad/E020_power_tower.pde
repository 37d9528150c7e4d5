pde 1
domain line(x) = interval(0, 1)
param a = 9^9^9^9
param b = 1e999
param c = 1/(2 - 2)
param e = 0^(-1)
unknown u
in line: dxx(u) = a + b + c + e
on left: u = log(0)*x
on right: u = sqrt(-1)
