# Third order: one condition at one end, two at the other.
pde 1
domain line(x) = interval(-10, 10)
time t in 0 .. 1
unknown u
in line: dt(u) + 6*u*dx(u) + dxxx(u) = 0
on left, right: u = 0
on right: dx(u) = 0
at t = 0: u = 2*exp(-x^2)*(1 - x^2/100)
