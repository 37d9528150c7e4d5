# Recover a diffusivity from three thermocouples in a rod whose left end is heated to 80 K above its
# surroundings within 10 s, and whose right end is insulated:  T_t = D T_xx, D = 2.3e-5 m^2/s.
# Source: made up; the readings are a series' values with noise of 0.4 K (references/probes.py).
pde 1
problem "Recover a diffusivity from thermocouples"

domain rod(x [m]) = interval(0, 0.1)
time t [s] in 0 .. 600
data probes = csv("references/probes.csv", x = "x_m", t = "time_s", T = "rise_K", noise = 0.4)
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

exact D = 2.3e-5
report D_hat = D
