pde 1
domain line(x) = interval(0, 1)
unknown u, v
in line: dxx(u) = 2
in line: dxx(v) = 2
on edge: u = x
on edge: v = x
compare u = csv("tables/semicolons.csv", x = "x", u = "u")
compare v = csv("tables/twice.csv", x = "x", v = "u")
