# Recover a conductivity k(x) from readings of the head,  -(k h')' = f  with a known inflow at one end.
# Source: Haber, Ascher, Oldenburg, "On optimization techniques for solving nonlinear inverse problems",
# Inverse Problems 16 (2000); made-up numbers, 0.3 % noise (references/conductivity_field.py).
pde 1
problem "A conductivity that varies, from 120 readings"

domain line(x) = interval(0, 1)
data wells = csv("references/conductivity_field.csv", x = "x", h = "h", noise = 0.003)
let known = exp(0.6*sin(2*pi*x))
fit k(x) = 1 within 0.1 .. 10
unknown h

in line: -dx(k*dx(h)) = -dx(known*(1 + x))
on left: h = 0
on right: k*dx(h) = 2
at wells as readings: h = wells.h

exact k = known
exact h = x + x^2/2
