pde 1

domain line(x) = interval(0, 1)
unknown psi: complex

in line: dxx(re(psi)) = 0
on left, right: psi = 0
