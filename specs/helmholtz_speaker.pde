# Sound in a room with a round pillar: lap(u) + k^2 u = 0, driven on a part of one wall; the pillar
# is hard, the other walls absorb.
# Source: made up as an example of the language. Reference table: finite elements
# (references/helmholtz_speaker.py).
pde 1
problem "A speaker in a room with a pillar"

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

compare u = csv("references/helmholtz_speaker.csv", x = "x", y = "y", u = "u")
