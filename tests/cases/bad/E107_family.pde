pde 1

vary a in 1 .. 2
param length = 2*a
domain line(x) = interval(0, length)
boundary tip = left where x < a
unknown u

in line: dxx(u) = a
on tip: u = 0
on right: u = 0
report middle = value(u, a/2)
