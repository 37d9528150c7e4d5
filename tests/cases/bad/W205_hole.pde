pde 1
shape hole = disk(center = (0, 0), radius = 0.25)
domain air(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
boundary rim = hole.edge
boundary front_half = edge where x < 0
boundary others = rest
unknown u
in air: lap(u) = 0
on rim: u = 1
on front_half: u = 1
on others: u = 1
