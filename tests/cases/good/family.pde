pde 1

# A parameter that varies, and one that depends on it.
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 2)
time t in 0 .. 1
vary Re in 100 .. 400
vary amplitude in 1 .. 2
param nu = 1/Re
unknown u

in plate: dt(u) = nu*lap(u) - amplitude*dx(u)
on left: u = amplitude*sin(t)
on right, bottom, top: dn(u) = 0
at t = 0: u = 0
report flux = nu*mean(dn(u), on = left) + amplitude
