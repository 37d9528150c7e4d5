pde 1
shape fibre = disk(center = (0, 0), radius = 0.3)
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape matrix = cell - fibre
boundary bond = interface(fibre, matrix)
unknown T
in fibre: 10*lap(T) = 0
in matrix: lap(T) = 0
on bond: jump(T) = 0
on bond: jump(dn(T)) = 0
on bond: side(T, fibre) = 1
on left, right: T = x
on top, bottom: dn(T) = 0
