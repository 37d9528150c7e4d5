# Poisson's equation in five dimensions:  -lap(u) = 5 pi^2 u on the unit cube, u = 0 on all ten faces;
# u = prod_i sin(pi x_i). Unlike the sum of `poisson_5d`, it cannot be built from the faces' values.
# Source: separation of variables, any textbook (Evans, "Partial Differential Equations", ch. 2).
pde 1
problem "A product of sines in five dimensions"

domain cube(v, w, x, y, z) = box(v = 0 .. 1, w = 0 .. 1, x = 0 .. 1, y = 0 .. 1, z = 0 .. 1)
let known = sin(pi*v)*sin(pi*w)*sin(pi*x)*sin(pi*y)*sin(pi*z)
unknown u

in cube as poisson: -lap(u) = 5*pi^2*known
on edge as faces: u = 0

exact u = known
