pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
boundary a = left where y < 0.5
boundary b = left where y >= 0.5
boundary others = rest
unknown u
in square: lap(u) = 0
on a: dn(u) = 0
on b, others: u = 0
