# Poisson's equation in five dimensions:  -lap(u) = (pi^2/4) sum_i sin(pi x_i/2)  on the unit cube,
# values given on all ten faces; u = sum_i sin(pi x_i/2).
# Source: Hao et al., "PINNacle: a comprehensive benchmark of physics-informed neural networks for
# solving PDEs", NeurIPS 2024, arXiv:2306.08827 (problem PNd).
pde 1
problem "Poisson's equation in five dimensions"

domain cube(v, w, x, y, z) = box(v = 0 .. 1, w = 0 .. 1, x = 0 .. 1, y = 0 .. 1, z = 0 .. 1)
let s(q) = sin(pi*q/2)
let known = s(v) + s(w) + s(x) + s(y) + s(z)
unknown u

in cube as poisson: -lap(u) = (pi^2/4)*known
on edge as faces: u = known

exact u = known
