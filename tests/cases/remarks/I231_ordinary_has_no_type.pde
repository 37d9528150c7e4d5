pde 1
time t in 0 .. 1
unknown y
in t as decay: dt(y) = -y
at t = 0: y = 1
