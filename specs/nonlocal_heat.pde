# Heat with memory, its own mean, and an end that follows the middle:
# u_t = u_xx - int_0^t exp(r - t) u dr - mean(u) + f,  u(0, t) = u(1/2, t) - 1/4 exp(-t).
# Source: f made from u = (x^2) exp(-t); nonlocal conditions as in Cannon, "The solution of the
# heat equation subject to the specification of energy", Quart. Appl. Math. 21 (1963) 155.
pde 1
problem "Heat with memory"

domain rod(x) = interval(0, 1)
time t in 0 .. 1
let u_known = x^2*exp(-t)
let f = -x^2*exp(-t) - 2*exp(-t) + x^2*t*exp(-t) + exp(-t)/3
unknown u

in rod as heat: dt(u) = dxx(u) - integral(exp(r - t)*u(t = r), r = 0 .. t) - mean(u) + f
on left as follows: u = u(x = 1/2) - exp(-t)/4
on right as given: u = u_known
at t = 0: u = x^2

exact u = u_known
