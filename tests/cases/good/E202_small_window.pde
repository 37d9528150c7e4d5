pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary slit = left where y > 0.499 and y < 0.501
boundary walls = rest
unknown u
in square: lap(u) = 0
on slit: dn(u) = 0
on walls: u = 0
