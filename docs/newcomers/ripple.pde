# A nonlinear equation with a solution of four waves: unit weights, an ordinary network.
pde 1
problem "A ripple, first attempt"
domain line(x) = interval(0, 1)
unknown u
in line as balance: dxx(u) - u^3 = -(8*pi)^2*sin(8*pi*x) - sin(8*pi*x)^3
on left, right as ends: u = 0
exact u = sin(8*pi*x)
solver {
  method = adam(polish = off)
  weights = fixed
  conditions = soft
  steps = 6000
  points = 128
  network = mlp(width = 32, depth = 2)
}
