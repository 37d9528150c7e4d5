pde 1
domain room(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary left = right
boundary top = top where x < 0.5
boundary edge = rest
unknown u
in room: lap(u) = 0
on left, top, edge: u = 1
report through_left = integral(dn(u), on = room.left)
report through_right = integral(dn(u), on = left)
