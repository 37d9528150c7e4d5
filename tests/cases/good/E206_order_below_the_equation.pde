pde 1
domain beam(x) = interval(0, 1)
unknown w
in beam: dxxxx(w) = 1
on left: w = 0
on left: dn(w) = 0
on right: dxx(w) = 0
on right: dxxx(w) = 1
