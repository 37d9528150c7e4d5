pde 1
domain pipe(r, z): cylindical = box(r = 0 .. 1, z = 0 .. 1)
unknown u
in pipe: lap(u) = 0
on edge: u = 0
