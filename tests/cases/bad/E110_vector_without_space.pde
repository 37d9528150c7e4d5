pde 1
time t in 0 .. 1
unknown w: vector
in t: dt(w) = -w
at t = 0: w = (1, 0)
