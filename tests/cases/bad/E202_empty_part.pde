pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary inlet = square.left where y > 2
unknown u
in square: lap(u) = 1
on inlet: u = 1
on edge: u = 0
report far = value(u, (3, 0.5))
