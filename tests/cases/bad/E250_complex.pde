pde 1

domain line(x) = interval(0, 1)
unknown psi: complex

in line: dxx(psi) + 4*psi = 0
on left: psi = 1
on right: psi = exp(2*i)
exact psi = exp(-2*i*x)
