# A plucked string, u_tt = 4 u_xx, written as a first attempt: all conditions in the loss, unit weights.
pde 1
problem "A string, first attempt"
domain string(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in string as wave: dtt(u) = 4*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: u = sin(pi*x)
at t = 0 as speed: dt(u) = 0
exact u = sin(pi*x)*cos(2*pi*t)
solver {
  method = adam(polish = off)
  weights = fixed
  conditions = soft
  scaling = none
  steps = 6000
  points = 128
  network = mlp(width = 40, depth = 3)
}
