pde 1

# Parts, moduli and comparisons of complex values that have a real meaning.
domain field(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown psi: complex
unknown V
param Z = (2 - 3*i)/(1 + i)
let size = abs(psi)^2
let wave(m) = i^m*besselj(m, 2*x + 1) + sqrt(1 + i*y)
boundary lit = left where abs(Z)*y < 100

in field: i*lap(psi) + (if size > 1 then 2 else Z)*conj(psi) = dot(grad(psi), grad(V))
in field: lap(V) = re(psi*conj(psi)) + im(Z)
on lit: dn(psi) = wave(2) - wave(-1)
on right: dn(psi) - i*psi = tanh(Z*y)
on bottom: psi.re = re(log(Z))
on bottom: im(psi) = arg(Z)
on top: psi = Z^0.5 + 2^(i*x)
on edge: V = arg(Z) + norm((i, 1))
guess psi.im = x
report a = abs(value(psi, (0.5, 0.5))) + re(integral(i*psi))
report b = im(mean(psi*V, on = right))
