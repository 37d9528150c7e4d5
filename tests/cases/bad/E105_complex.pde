pde 1

domain line(x) = interval(0, 1)
unknown psi: complex
param Z = 2 - 3*i

in line: dxx(psi) + erf(psi)*psi = 0
on left: psi = atan2(Z, x) + max(Z, 1)
on right: psi = Z^psi + psi^2
report peak = max(psi)
