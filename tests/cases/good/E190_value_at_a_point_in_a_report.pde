pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
time t in 0 .. 1
unknown u
in square: dt(u) = lap(u)
on edge: u = 0
at t = 0: u = x*(1 - x)*y*(1 - y)
report middle = u(x = 0.5, y = 0.5)
report early = u(x = 0.5, y = 0.5, t = 0.1)
