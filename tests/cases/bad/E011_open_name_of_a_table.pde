pde 1
domain rod(x) = interval(0, 1)
time t in 0 .. 1
compare u = csv("u.csv, x = "x", t = "t", u = "u")
unknown u
in rod: dt(u) = dxx(u)
on left, right: u = 0
at t = 0: u = 0
