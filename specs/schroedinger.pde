# Schrödinger's equation of a free particle, i psi_t = -psi_xx/2: a packet of mean momentum k
# moves and spreads.
# Source: Griffiths, Introduction to Quantum Mechanics (2005), problem 2.43.
pde 1
problem "A free wave packet"

domain line(x) = interval(-5, 6)
time t in 0 .. 0.5
param k = 2
let packet = exp(-(x - k*t)^2/(2*(1 + i*t)) + i*(k*x - k^2*t/2))/sqrt(1 + i*t)
unknown psi: complex

in line as schroedinger: i*dt(psi) = -0.5*dxx(psi)
on left, right as far: psi = packet
at t = 0 as start: psi = exp(-x^2/2 + i*k*x)

exact psi = packet
report probability = integral(abs(psi)^2)
report momentum = integral(im(conj(psi)*dx(psi)))
