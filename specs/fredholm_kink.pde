# A Fredholm equation whose kernel has a kink:  u(x) - int_0^1 |x - s| u(s) ds = f(x).
# Source: f made from u = exp(x): int_0^1 |x - s| exp(s) ds = 2 exp(x) - x (e + 1) - 1.
pde 1
problem "A Fredholm equation with a kink in its kernel"

domain line(x) = interval(0, 1)
unknown u

in line: u - integral(abs(x - s)*u(x = s), s = 0 .. 1) = (exp(1) + 1)*x + 1 - exp(x)

exact u = exp(x)
