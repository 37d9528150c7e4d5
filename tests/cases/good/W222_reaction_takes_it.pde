pde 1
# A reaction fixes what the fluxes leave open.
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in plate: lap(u) - u = 1
on edge: dn(u) = 0
