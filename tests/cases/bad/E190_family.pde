pde 1

domain line(x) = interval(0, 1)
vary k in 0 .. 2
data probes = csv("fit_probes.csv", x = "x_m", k = "time_s", u = "rise_K")
fit c = 1 within 0 .. 3
unknown u

in line: dxx(u) = k*u + c
on left, right: u = 0
at probes: u = probes.u
require mean(u) = 1
