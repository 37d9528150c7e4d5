# A beam that is clamped at both ends under a load, w'''' = q: four derivatives, unit weights.
pde 1
problem "A clamped beam, first attempt"
domain beam(x) = interval(0, 1)
unknown w
in beam as load: dxx(dxx(w)) = 16*pi^4*cos(2*pi*x)
on left, right as clamp: w = 0
on left, right as slope: dx(w) = 0
exact w = cos(2*pi*x) - 1
solver {
  method = adam(polish = off)
  weights = fixed
  conditions = soft
  scaling = none
  steps = 6000
  points = 128
  network = mlp(width = 32, depth = 2)
}
