# The focusing nonlinear Schrödinger equation, i psi_t + psi_xx/2 + |psi|^2 psi = 0: a soliton.
# Source: Zakharov and Shabat, Sov. Phys. JETP 34 (1972) 62.
pde 1
problem "A bright soliton"

domain line(x) = interval(-8, 10)
time t in 0 .. 1.5
param v = 1
let soliton = exp(i*(v*x + (1 - v^2)*t/2))/cosh(x - v*t)
unknown psi: complex

in line as schroedinger: i*dt(psi) + 0.5*dxx(psi) + abs(psi)^2*psi = 0
on left, right as far: psi = soliton
at t = 0 as start: psi = exp(i*v*x)/cosh(x)

exact psi = soliton
