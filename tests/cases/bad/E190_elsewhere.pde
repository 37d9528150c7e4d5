pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square: lap(u) = 1
on edge: u = 0
report mixed = mean(u*u(x = 0.5))
report moment = integral(u(x = s, y = 0.5), s = 0 .. 1)
report spread = mean((u - mean(u))^2)
exact u = integral(sin(s), s = 0 .. x)
