pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
on left, right: u = 0
guess u = x*(x - 1)/2
compare u = csv("tables/reference.csv", x = "x", u = "u")
solver {
  tolerance = 1e-3
  method = adam(rate = 2e-3, decay_rate = 0.9, decay_every = 500, ema = 0.99, resample_every = 1)
  weights = ntk_mean
  network = fourier(count = 32, scale = 2, width = 32, depth = 2, activation = sine)
  points = 2^7
  precision = f64
  windows = auto
}
output { grid = [101]  plots = none  formats = csv }
