pde 1
problem "A stiff reaction, a constraint among its equations"
time t in 0 .. 40
param k = 3e7
let fast(b) = k*b^2
unknown a, b, c
in t: dt(a) = -0.04*a + 1e4*b*c
in t: dt(b) = 0.04*a - 1e4*b*c - fast(b)
in t: a + b + c = 1
at t = 0: a = 1
at t = 0: b = 0
report a_half = value(a, t = 20)
report b_end = value(b)
