pde 1
domain beam(x) = interval(0, 1)
unknown w
in beam: dxxxx(w) = 1
on left: w = 0
on left: dn(w) = 0
on right: dxx(w) = 0
on right: dxxx(w) = 0
exact w = x^2*(x^2 - 4*x + 6)/24
