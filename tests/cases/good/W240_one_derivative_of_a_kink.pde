pde 1
# A kink once differentiated is a step, and constants under `if` may depend on constants.
domain line(x) = interval(0, 1)
time t in 0 .. 1
param fast = 1
unknown u
in line: dt(u) = div(max(u, 0.1)*grad(u)) + dxx((if fast > 0 then 2 else 1)*u) + abs(x - 0.5)
on left, right: u = 0
at t = 0: u = sin(pi*x)
