pde 1
shape a = b - disk(center = (0, 0), radius = 1)
shape b = a + disk(center = (0, 0), radius = 2)
domain plate(x, y) = b
unknown u
in plate: lap(u) = 0
on edge: u = 0
