pde 1
problem "Stokes flow with slip on a round hole: one normal and one tangential condition"
shape hole = disk(center = (0, 0), radius = 0.25)
domain channel(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
boundary obstacle = hole.edge
boundary frame = rest
unknown w: vector
unknown p
in channel: grad(p) = lap(w)
in channel: div(w) = 0
on obstacle: dot(w, n) = 0
on obstacle: tangential(dn(w)) = (0, 0)
on frame: w = (1, 0)
require mean(p) = 0
