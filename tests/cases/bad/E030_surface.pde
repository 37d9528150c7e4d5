pde 1
domain part(x, y, z) = stl("parts/missing.stl")
unknown u
in part: lap(u) = 0
on edge: u = 0
