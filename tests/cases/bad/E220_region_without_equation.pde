pde 1
shape fibre = disk(center = (0, 0), radius = 0.3)
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape matrix = cell - fibre
unknown T
in matrix: lap(T) = 0
on left, right: T = x
on top, bottom: dn(T) = 0
