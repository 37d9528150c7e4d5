pde 1
# The fourth derivative damps with this sign, and v is given where it comes in.
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u, v
in line: dt(u) = -dxxxx(u) - 0.1*dxx(u)
in line: dt(v) - 2*dx(v) = 0
on left, right: u = 0
on left, right: dxx(u) = 0
on right: v = 0
at t = 0: u = sin(pi*x)
at t = 0: v = 0
