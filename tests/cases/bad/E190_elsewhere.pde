pde 1
shape fibre = disk(center = (0, 0), radius = 0.3)
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape matrix = cell - fibre
boundary bond = interface(fibre, matrix)
unknown T
in fibre: 10*lap(T) = 0
in matrix: lap(T) = T - T(x = y, y = x)
on bond: jump(T) = 0
on bond: 10*side(dn(T), fibre) = side(dn(T), matrix)
on left: T = 1
on right: T = 0
on top, bottom: dn(T) = 0
