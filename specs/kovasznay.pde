# Kovasznay's flow behind a grid, an exact solution of the steady Navier-Stokes equations:
#   (w . grad) w + grad p = lap(w)/Re,  div w = 0;  w_x = 1 - exp(k x) cos(2 pi y), Re = 40.
# Source: Kovasznay, "Laminar flow behind a two-dimensional grid", Proc. Camb. Phil. Soc. 44 (1948) 58-62.
pde 1
problem "Kovasznay's flow behind a grid, Re = 40"

domain strip(x, y) = box(x = -0.5 .. 1, y = -0.5 .. 1.5)
param Re = 40
param k = Re/2 - sqrt(Re^2/4 + 4*pi^2)
let along = 1 - exp(k*x)*cos(2*pi*y)
let across = k/(2*pi)*exp(k*x)*sin(2*pi*y)
unknown w: vector
unknown p

in strip as momentum: adv(w, w) + grad(p) = lap(w)/Re
in strip as mass: div(w) = 0
on edge as known: w = (along, across)
require mean(p) = 0

exact w = (along, across)
