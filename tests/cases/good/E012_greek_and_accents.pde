pde 1
domain line(x) = interval(0, 1)
param ν = 2
param Größe = 3
unknown u
in line: ν*dxx(u) = Größe
on left, right: u = 0
