pde 1
domain rod(x) = interval(0, 1)
time t in 0 .. 1
unknown T
in rod: dt(T) = D*dxx(T)
on left: T = 1
on right: dn(T) = 0
at t = 0: T = 0
allow W211: "the end is heated at once"
data probes = csv("fit_probes.csv", x = "x_m", t = "time_s", T = "rise_K")
fit D = 0.1 within 0.01 .. 1
at prbes: T = probes.T
at probes: T = probes.T
