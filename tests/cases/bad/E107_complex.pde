pde 1

domain line(x) = interval(0, 1)
unknown psi: complex
unknown V
param Z = 2 - 3*i
boundary left_end = left where abs(Z)*x < 0.5 and Z*x == 0

in line: dxx(psi) - V*psi = 0
in line: dxx(V) = abs(psi)^2
on left_end: psi = Z
on right: psi = 0
on left, right: V = 0
exact V = i*x
report middle = value(psi, 0.5)
report half = value(psi, Z) + 1
