# Poisson's equation as a first-order system: no condition is needed, one is allowed per part.
pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
unknown q: vector
in square: q = grad(u)
in square: div(q) = -2*pi^2*sin(pi*x)*sin(pi*y)
on edge: u = 0
exact u = sin(pi*x)*sin(pi*y)
