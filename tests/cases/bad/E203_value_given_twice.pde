pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in plate: lap(lap(u)) = 1
on edge: u = 0
on left, right: dn(u) = 0
on bottom, top: u = 1
