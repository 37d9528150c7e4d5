# Recover a diffusivity from noisy readings:  u_t = D u_xx  with cold ends, D = 0.12.
# Source: made up; the readings are those of the exact solution with 1 % noise
# (references/inverse_diffusion.py).
pde 1
problem "Recover a diffusivity from 200 readings"

domain rod(x) = interval(0, 1)
time t in 0 .. 1
data probes = csv("references/inverse_diffusion.csv", x = "x", t = "t", u = "u", noise = 0.01)
fit D = 0.05 within 0.01 .. 1
unknown u

in rod: dt(u) = D*dxx(u)
on left, right: u = 0
at t = 0: u = sin(pi*x)
at probes as readings: u = probes.u

exact D = 0.12
exact u = exp(-0.12*pi^2*t)*sin(pi*x)
