pde 1
domain pipe(r, z): cylindrical = box(r = 0 .. 1, z = 0 .. 1)
unknown u
in pipe: lap(u) = 0
on left: dn(u) = 0
on right, top, bottom: u = 0
