pde 1

domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown psi: complex

in line: i*dt(psi) = -dxx(psi)
on left: psi = 0
on right: re(psi) = 0
at t = 0: im(psi) = 0
