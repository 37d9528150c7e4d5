pde 1
domain plane(a, b, ab) = box(a = 0 .. 1, b = 0 .. 1, ab = 0 .. 1)
unknown u
in plane: dab(u) + daa(u) + dbb(u) + d(u, ab, 2) = 0
on edge: u = 0
