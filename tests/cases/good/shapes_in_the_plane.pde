pde 1
problem "A domain of many shapes, every part with its condition"
param r = 0.2
shape hole = translate(scale(disk((0, 0), 1), r), (0.5, 0))
shape bar = rotate(box(x = -0.6 .. -0.4, y = -0.1 .. 0.1), pi/4, center = (-0.5, 0))
shape plate = polygon([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) & implicit(x^4 + y^4 - 1.5)
domain body(x, y) = plate - hole - bar
boundary sides = body.left where y > 0
boundary others = rest
unknown u
in body: lap(u) = 0
on sides: u = 1
on others: dn(u) = 0
report near_hole = integral(dn(u), on = hole.edge)
report in_bar_region = mean(u, in = ring)
shape ring = scale(hole, 1.5, center = (0.5, 0))
