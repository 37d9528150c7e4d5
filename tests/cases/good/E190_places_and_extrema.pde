pde 1
shape fibre = disk(center = (0, 0), radius = 0.3)
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape matrix = cell - fibre
boundary bond = interface(fibre, matrix)
unknown T
in fibre: 10*lap(T) = T - max(T)
in matrix: lap(T) = mean((T - T(x = 0, y = 0))^2)
on bond: jump(T) = 0
on bond: 10*side(dn(T), fibre) = side(dn(T), matrix)
on left: T = 1
on right: T = 0
on top, bottom: dn(T) = 0
report mixed = mean(T*T(x = 0.5, y = 0))
report moment = T(x = 0.5, y = 0.5)
report spread = max(T - mean(T))
