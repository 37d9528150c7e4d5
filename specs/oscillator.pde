# The quantum oscillator:  -psi''/2 + x^2 psi/2 = E psi,  the ground state, E = 1/2.
# Source: any textbook (Griffiths, "Introduction to Quantum Mechanics", 2.3).
pde 1
problem "Ground state of the quantum oscillator"

domain line(x) = interval(-8, 8)
unknown psi
fit E = 0.6 within 0 .. 1

in line: -dxx(psi)/2 + x^2/2*psi = E*psi
on left, right: psi = 0
require integral(psi^2) = 1

exact E = 1/2
exact psi = exp(-x^2/2)/pi^(1/4)
report spread = integral(x^2*psi^2)
