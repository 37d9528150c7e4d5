pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary speaker = square.left where abs(y - 0.5) < 0.2
unknown u
in square: lap(u) + 36*u = 0
on speaker: u = 1
on right, bottom, top: dn(u) = 0
