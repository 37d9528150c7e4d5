pde 1

domain line(x) = interval(0, 1)
unknown psi: complex

in line: dxx(psi) + (if psi > 1 then 1 else 2)*psi = 0
on left, right: psi = if i*x == 0 then 0 else 1
