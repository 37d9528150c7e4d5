pde 1
problem "Recover a diffusivity from thermocouples"
domain rod(x [m]) = interval(0, 0.1)
time t [s] in 0 .. 600
data probes = csv("probes.csv", x = "x_m", t = "time_s", T = "rise_K")
param hold = 80 [K]
param ramp = 10 [s]
let heater = if t < ramp then hold*t/ramp else hold
fit D = 1e-5 [m^2/s] within 1e-7 .. 1e-4
unknown T [K]
in rod: dt(T) = D*dxx(T)
on left: T = heater
on right: dn(T) = 0
at t = 0: T = 0
at probes as temperature: T = probes.T
report D_hat = D
