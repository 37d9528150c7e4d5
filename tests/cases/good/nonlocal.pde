pde 1
problem "Integrals and values elsewhere, wherever an equation may have them"
domain rod(x) = interval(0, 1)
time t in 0 .. 1
unknown u
unknown w: vector
let k(z) = exp(-z^2)
let slope = dx(u)
in rod: dt(u) = dxx(u) - mean(u) + integral(abs(x - s)*u(x = s)*u, s = 0 .. 1)
in rod: w.x = integral(k(t - r)*slope(t = r), r = 0 .. t) + w.x(x = 1 - x)/2 +
  dx(integral(u, x = 0 .. x))
on left: u = u(x = 0.5, t = 0)
on right: dn(u) = integral(integral(u(x = a)*u(x = b), a = 0 .. b), b = 0 .. 1)
at t = 0: u = 1
