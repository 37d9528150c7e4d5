# Heat through a fibre in a matrix: div(k grad(T)) = 0 with k = 10 in the fibre and 1 around it.
# Source: Rayleigh, Phil. Mag. 34 (1892) 481-502. Reference table: Rayleigh's multipole expansion
# (references/two_materials.py).
pde 1
problem "Heat through a fibre in a matrix"

shape fibre = disk(center = (0, 0), radius = 0.3)
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape matrix = cell - fibre
boundary bond = interface(fibre, matrix)
param k1 = 10
param k2 = 1
unknown T

in fibre: div(k1*grad(T)) = 0
in matrix: div(k2*grad(T)) = 0
on bond: jump(T) = 0
on bond: k1*side(dn(T), fibre) = k2*side(dn(T), matrix)
on left: T = 1
on right: T = 0
on top, bottom: dn(T) = 0

compare T = csv("references/two_materials.csv", x = "x", y = "y", T = "T")
