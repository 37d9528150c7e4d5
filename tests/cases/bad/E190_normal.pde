pde 1
domain plate(x, y) = ellipse(center = (0, 0), radii = (2, 1))
unknown u
in plate: lap(u) = 1
on edge: dn(u) - dn(dot(lap(n), n))*u = 0
