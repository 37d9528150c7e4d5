pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary a = left where y < 0.6
boundary b = left where y > 0.4
boundary others = rest
unknown u
in plate: lap(u) = 0
on a, b, others: u = x
