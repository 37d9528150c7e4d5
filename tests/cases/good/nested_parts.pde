pde 1
problem "A part within another is no overlap"
domain plate(x, y) = disk(center = (0, 0), radius = 1)
boundary rim = plate.edge
boundary upper = rim where y > 0
boundary lower = rim where y <= 0
unknown u
unknown v
in plate as a: lap(u) = 0
in plate as b: lap(v) = u
on rim: u = 1
on upper: v = 0
on lower: dn(v) = 0
