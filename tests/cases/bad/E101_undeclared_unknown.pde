pde 1
domain line(x) = interval(0, 1)
in line: dxx(u) = 1
on left: u = 0
on right: dn(u) + u = lan(x) + lan(u)
exact u = x
