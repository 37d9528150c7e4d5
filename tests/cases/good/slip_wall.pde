# A slip wall: the normal velocity and the tangential traction, one condition per component.
pde 1
domain pipe(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
unknown p
in pipe: grad(p) = lap(w)
in pipe: div(w) = 0
on left, right: w = (1, 0)
on bottom, top: dot(w, n) = 0
on bottom, top: tangential(dot(sym(grad(w)), n)) = (0, 0)
require mean(p) = 0
