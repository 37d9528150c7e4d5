pde 1
domain beam(x) = interval(0, 1)
unknown w
in beam: dxxxx(w) = 1
on left, right: w = 0
on left, right: dn(w) = 0
