pde 1
domain line(x) = interval(0, 1)
unknown psi: complex
in line: dxx(psi) = i*re(psi)
on left, right: psi = 0
