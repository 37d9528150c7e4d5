# Linear advection at high speed:  u_t + c u_x = 0  with c = 50, on a circle of length 2 pi.
# A sine travels eight times around.
# Source: Krishnapriyan et al., "Characterizing possible failure modes in physics-informed neural
# networks", NeurIPS 2021, arXiv:2109.01050, section 4; c = 50 as in its later use as a benchmark.
pde 1
problem "A sine that travels eight times around a circle"

domain circle(x) = interval(0, 2*pi)
time t in 0 .. 1
param c = 50
unknown u

periodic left, right
in circle as advection: dt(u) + c*dx(u) = 0
at t = 0 as start: u = sin(x)

exact u = sin(x - c*t)
