# Poisson's equation in a ball:  -lap(u) = 6,  dn(u) + 2 u = 0 on its surface,
# solved by u = 2 - r^2, r the distance from the middle.
# Source: Carslaw, Jaeger, "Conduction of Heat in Solids", 2nd ed. (1959): a sphere with
# uniform heat production that cools from its surface.
pde 1
problem "A heated ball that cools from its surface"

domain sphere(x, y, z) = ball(center = (0, 0, 0), radius = 1)
unknown u

in sphere as heating: -lap(u) = 6
on edge as cooling: dn(u) + 2*u = 0

exact u = 2 - x^2 - y^2 - z^2
report mean_heat = mean(u)
report lost = integral(-dn(u), on = edge)
