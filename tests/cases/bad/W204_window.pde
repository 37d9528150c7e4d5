pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary hot = square.left where y > 0.5
boundary cold = rest
unknown u
in square: lap(u) = 0
on hot: u = 1
on cold: u = 0
