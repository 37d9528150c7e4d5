pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 2
let heater = if t < 1 then t else 1
unknown u
in line: dt(u) = dxx(u)
on left: u = heater
on right: dn(u) = -u
at t = 0: u = 0
report final = value(u, 0.5)
report early = value(u, 0.5, t = 0.5)
report lost = integral(dn(u), on = right)
