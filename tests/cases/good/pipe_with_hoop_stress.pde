pde 1
# A vector in (r, z): no constant is free in u.r, because the hoop strain is u.r/r.
domain pipe(r, z): cylindrical = box(r = 0 .. 1, z = 0 .. 2)
unknown u: vector
let stress = div(u)*identity + 2*sym(grad(u))
in pipe: div(stress) = (0, 0)
on right: dot(stress, n) = (-1, 0)
on bottom: u.z = 0
on bottom: dot(stress, n).r = 0
on top: u.z = 0
on top: dot(stress, n).r = 0
