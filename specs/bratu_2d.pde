# Bratu's equation:  lap(u) + lambda exp(u) = f  on the unit square, lambda = 1,  u = 0 on the edge,
# with f made so that u = sin(pi x) sin(pi y).
# Source: Bratu, "Sur les équations intégrales non linéaires", Bull. SMF 42 (1914) 113-142, with a
# manufactured solution.
pde 1
problem "Bratu's equation on the unit square"

domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
param lambda = 1
let mode = sin(pi*x)*sin(pi*y)
unknown u

in square as bratu: lap(u) + lambda*exp(u) = -2*pi^2*mode + lambda*exp(mode)
on edge as rim: u = 0

exact u = mode
