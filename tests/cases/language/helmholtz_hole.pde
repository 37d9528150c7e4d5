pde 1
problem "Helmholtz around a round hole"
shape hole = disk(center = (0, 0), radius = 0.25)
shape room = box(x = -1 .. 1, y = -1 .. 1)
domain air(x, y) = room - hole
boundary speaker = room.left where abs(y) < 0.2
boundary rim = hole.edge
boundary walls = rest
param k = 6
param Z = 2.5
unknown u
in air: lap(u) + k^2*u = 0
on speaker: u = 1
on rim: dn(u) = 0
on walls: dn(u) + (k/Z)*u = 0
