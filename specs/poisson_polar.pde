# Laplace's equation in polar coordinates:  u_rr + u_r/r + u_θθ/r^2 = 0  in the unit disk.
# The full turn closes on itself and r = 0 takes no condition.
# Source: separation of variables, u = r^3 sin 3θ + r cos θ.
pde 1
problem "Laplace's equation on a disk in polar coordinates"

domain disk(r, θ): polar = box(r = 0 .. 1, θ = 0 .. 2*pi)
unknown u

in disk as laplace: lap(u) = 0
on right as rim: u = sin(3*θ) + cos(θ)

exact u = r^3*sin(3*θ) + r*cos(θ)
report energy = integral(dot(grad(u), grad(u)))
