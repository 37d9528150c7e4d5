pde 1
time t in 0 .. 1
unknown y
in t: dt(y) = -y + lap(y)
on left: y = 0
at t = 0: y = 1
report total = integral(y)
