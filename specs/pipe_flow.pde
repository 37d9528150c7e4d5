# Stokes flow in a pipe, in (r, z):  grad p = lap w,  div w = 0  with the parabola of Hagen and
# Poiseuille at both ends. The Laplacian is that of a vector, w_r/r^2 included.
# Source: Batchelor, "An Introduction to Fluid Dynamics" (1967), section 4.2.
pde 1
problem "Hagen–Poiseuille flow in a pipe"

domain pipe(r, z): cylindrical = box(r = 0 .. 1, z = 0 .. 2)
unknown w: vector
unknown p

in pipe as momentum: grad(p) = lap(w)
in pipe as mass: div(w) = 0
on right as wall: w = (0, 0)
on bottom, top as ends: w = (0, 1 - r^2)
at (0.5, 1): p = 0

exact w = (0, 1 - r^2)
exact p = 4*(1 - z)
report discharge = integral(w.z, on = pipe.top)
report drag = integral(dot(dot(2*sym(grad(w)), n), (0, 1)), on = pipe.right)
