pde 1
problem "Parts that meet with one value, and parts that only touch"
domain half(x, y) = disk(center = (0, 0), radius = 1) & halfspace(point = (0, 0), normal = (0, -1))
boundary ground = half.bottom
boundary dome = rest
unknown u
in half: lap(u) = 0
on ground: u = 1
on dome: u = 1 + y
