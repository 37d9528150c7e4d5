pde 1
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape spot = disk(center = (3, 0), radius = 0.3)
shape a = box(x = -1 .. -0.5, y = -1 .. 1)
shape b = box(x = 0.5 .. 1, y = -1 .. 1)
boundary gap = interface(a, b)
unknown T
in cell: lap(T) = 0
in spot: lap(T) = 1
on edge: T = 0
