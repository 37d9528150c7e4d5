pde 1
problem "Solids in space"
shape shaft = cylinder(start = (0, 0, -2), end = (0, 0, 2), radius = 0.3)
shape tip = cone(start = (0, 0, 1), end = (0, 0, 2), radius = 0.8)
domain part(x, y, z) = ball((0, 0, 0), 1) + tip - shaft + torus((0, 0, 0), (0, 0, 1), 1, 0.2)
boundary bore = shaft.edge
boundary skin = rest
unknown u
in part: lap(u) = 0
on bore: u = 1
on skin: dn(u) + u = 0
