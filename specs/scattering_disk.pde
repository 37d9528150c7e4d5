# Helmholtz's equation outside a sound-soft disk, hit by the plane wave exp(i k x):
#   lap(u) + k^2 u = 0 for the scattered wave,  u = -exp(i k x) on the disk;
# the outer circle carries the values of the series.
# Source: Morse and Ingard, Theoretical Acoustics (1968), section 8.1.
pde 1
problem "Scattering of a plane wave by a disk"

param k = 2
param a = 1
shape obstacle = disk(center = (0, 0), radius = a)
shape window = disk(center = (0, 0), radius = 1.5)
domain air(x, y) = window - obstacle
unknown u: complex

let r = sqrt(x^2 + y^2)
let hankel(m, s) = besselj(m, s) + i*bessely(m, s)
let wave(m) = -i^m*besselj(m, k*a)/hankel(m, k*a)*hankel(m, k*r)*cos(m*atan2(y, x))
let scattered = wave(0) + 2*wave(1) + 2*wave(2) + 2*wave(3) + 2*wave(4) + 2*wave(5) + 2*wave(6) +
  2*wave(7) + 2*wave(8) + 2*wave(9) + 2*wave(10) + 2*wave(11) + 2*wave(12) + 2*wave(13)

in air as helmholtz: lap(u) + k^2*u = 0
on obstacle.edge as soft: u = -exp(i*k*x)
on window.edge as far: u = scattered

exact u = scattered
