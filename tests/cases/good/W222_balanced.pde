pde 1
# What the source makes leaves through the rim: 1 times pi = 1/2 times 2 pi.
domain plate(x, y) = disk(center = (0, 0), radius = 1)
unknown u
in plate: div((1 + x^2)*grad(u)) = 1
on edge: (1 + x^2)*dn(u) = 1/2
require mean(u) = 0
