pde 1
# θ = 0 is the axis and no boundary; θ = pi/4 is one.
domain cap(r, θ): spherical = box(r = 1 .. 2, θ = 0 .. pi/4)
unknown u
in cap: lap(u) = 1
on left, right: u = 0
on top: dn(u) = 0
