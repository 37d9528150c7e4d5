pde 1
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape fibre = disk(center = (0, 0), radius = 0.3)
shape core = disk(center = (0, 0), radius = 0.1)
boundary bond = interface(fibre, cell)
boundary inner = interface(core, fibre)
boundary lone = interface(core)
unknown T
in cell: lap(T) = 0
on edge: T = 0
