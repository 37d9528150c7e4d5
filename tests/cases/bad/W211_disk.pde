pde 1
domain plate(x, y) = disk(center = (0, 0), radius = 1)
time t in 0 .. 1
unknown u
in plate: dt(u) = lap(u)
on edge: u = 0
at t = 0: u = 2 - x^2 - y^2
