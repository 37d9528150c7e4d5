pde 1
domain line(x) = interval(0, 1)
unknown u
in lin: dxx(u) = 1
on lines.left, right: u = 0
exact v = x
at probes: u = 1
