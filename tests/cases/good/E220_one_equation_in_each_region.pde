pde 1
shape core = interval(0, 0.5)
domain wall(x) = interval(0, 1)
shape skin = wall - core
boundary seam = interface(core, skin)
unknown T
in core: 2*dxx(T) = 1
in skin: dxx(T) = 0
on seam: jump(T) = 0
on seam: 2*side(dn(T), core) = side(dn(T), skin)
on left, right: T = 0
