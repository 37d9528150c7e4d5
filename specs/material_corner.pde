# The corner of a material in another one: div(k grad(u)) = 0 with k in the first quadrant and 1 around it.
# The gradient is unbounded there, like r^(lam - 1); k is the ratio of conductivities that makes lam the exponent.
# Source: Kellogg, Applicable Analysis 4 (1974) 101-129.
pde 1
problem "The corner of a material in another one"

domain plate(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape core = box(x = 0 .. 1, y = 0 .. 1)
shape around = plate - core
boundary joint = interface(core, around)
param lam = 0.73
param k = -tan(3*pi*lam/4)/tan(pi*lam/4)
let r = sqrt(x^2 + y^2)
let inside = r^lam*cos(3*pi*lam/4)*cos(lam*atan2(y - x, x + y))
let outside = r^lam*cos(pi*lam/4)*cos(lam*atan2(x - y, -x - y))
unknown u

in core: k*lap(u) = 0
in around: lap(u) = 0
on joint: jump(u) = 0
on joint: k*side(dn(u), core) = side(dn(u), around)
on edge: u = if x > 0 and y > 0 then inside else outside

exact u = if x > 0 and y > 0 then inside else outside
