pde 1
# A sound wave for every frequency: a complex amplitude and a varied parameter, both with units.
domain duct(x [cm], y [cm]) = box(x = 0 .. 100, y = 0 .. 50)
vary f in 50 .. 150 [Hz]
param c = 343 [m/s]
param A = 1 + 2*i [Pa]
let k = 2*pi*f/c
unknown p: complex [kPa]
in duct: lap(p) + k^2*p = 0
on left: p = A
on right: dn(p) = i*k*p
on top, bottom: dn(p) = 0
exact p = A*exp(i*k*x)
