# A Volterra equation of the second kind:  u(x) = x + int_0^x (s - x) u(s) ds  on (0, 2).
# Source: Wazwaz, "Linear and Nonlinear Integral Equations" (2011), 3.2: u = sin x.
pde 1
problem "A Volterra equation of the second kind"

domain line(x) = interval(0, 2)
unknown u

in line: u = x + integral((s - x)*u(x = s), s = 0 .. x)

exact u = sin(x)
