# A damped mass on a spring, driven at resonance:  y'' + 2 c y' + y = cos(t)  from rest.
# Source: Landau and Lifshitz, "Mechanics", 3rd edition, section 26.
pde 1
problem "A damped oscillator driven at resonance"

time t in 0 .. 40
param c = 0.1
let omega = sqrt(1 - c^2)
unknown y

in t as motion: dtt(y) + 2*c*dt(y) + y = cos(t)
at t = 0 as place: y = 0
at t = 0 as speed: dt(y) = 0

exact y = (sin(t) - exp(-c*t)*sin(omega*t)/omega)/(2*c)
report last = value(y)
