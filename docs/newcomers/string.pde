# A string whose waves run ten lengths in a unit of time, u_tt = 100 u_xx: all conditions in the loss, unit weights.
pde 1
problem "A tight string, first attempt"
domain string(x) = interval(0, 1)
time t in 0 .. 0.2
unknown u
in string as wave: dtt(u) = 100*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: u = sin(pi*x)
at t = 0 as speed: dt(u) = 0
exact u = sin(pi*x)*cos(10*pi*t)
solver {
  method = adam(polish = off)
  weights = fixed
  conditions = soft
  scaling = none
  steps = 6000
  points = 128
  network = mlp(width = 40, depth = 3)
}
