# Laplace's equation around a round hole in a square:  lap(u) = 0,  u = 0 on the hole,
# u = log(2 r) on the square: the potential of a line charge, r = sqrt(x^2 + y^2).
# Source: the fundamental solution in the plane; the flux into the hole is -2 pi.
pde 1
problem "Potential between a round conductor and a square"

shape hole = disk(center = (0, 0), radius = 0.5)
domain gap(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
boundary conductor = hole.edge
boundary frame = rest
unknown u

in gap as potential: lap(u) = 0
on conductor as earth: u = 0
on frame as outside: u = log(4*(x^2 + y^2))/2

exact u = log(4*(x^2 + y^2))/2
report flux = integral(dn(u), on = conductor)
