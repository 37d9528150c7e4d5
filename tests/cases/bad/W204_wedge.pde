pde 1
domain half(x, y) = disk(center = (0, 0), radius = 1) & halfspace(point = (0, 0), normal = (0, -1))
boundary ground = half.bottom
boundary dome = rest
unknown u
in half: lap(u) = 0
on ground: u = 0
on dome: u = 1 + y
