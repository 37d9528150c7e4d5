pde 1
domain room(x, y) = box(x = -1 .. 1, y = -1 .. 1)
boundary speaker = room.left where abs(y) < 0.2
boundary walls = rest
param k = 6
param Z = 2.5
unknown u
in room: lap(u) + k^2*u = 0
on speaker: u = cos(pi*y/0.4)
on walls: dn(u) + (k/Z)*u = 0
