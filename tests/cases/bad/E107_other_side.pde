pde 1
domain d(x, y) = box(x = 0 .. 2, y = 0 .. 1)
shape a = box(x = 0 .. 1, y = 0 .. 1)
shape b = box(x = 1 .. 2, y = 0 .. 1)
boundary mid = interface(a, b)
unknown u in a
unknown v in b
in a: lap(u) = 1
in b: lap(v) = 2
on mid: side(u, a) - jump(v) = side(v, a)
on mid: side(dn(u), a) = side(dn(v), b)
on left: u = 0
on right: v = 0
on top, bottom: dn(u) = 0
on top, bottom: dn(v) = 0
report um = value(u, (0.5, 0.5))
