# The Korteweg-de Vries equation:  u_t + 6 u u_x + u_xxx = 0. A fast soliton (height 2, speed 4)
# overtakes a slow one (height 1/2, speed 1) and leaves it behind, both unchanged but for a shift.
# Source: R. Hirota, "Exact solution of the Korteweg-de Vries equation for multiple collisions of
# solitons", Phys. Rev. Lett. 27 (1971) 1192-1194: u = 2 (log F)_xx.
pde 1
problem "Two solitons of the Korteweg-de Vries equation"

domain line(x) = interval(-15, 25)
time t in -3 .. 3
param k1 = 2
param k2 = 1
let e1 = exp(k1*x - k1^3*t)
let e2 = exp(k2*x - k2^3*t)
let a12 = ((k1 - k2)/(k1 + k2))^2
let F = 1 + e1 + e2 + a12*e1*e2
let soliton = 2*(dxx(F)*F - dx(F)^2)/F^2
unknown u

in line as kdv: dt(u) + 6*u*dx(u) + dxxx(u) = 0
on left, right as ends: u = soliton
on right as slope: dx(u) = dx(soliton)
at t = -3 as start: u = soliton

exact u = soliton
