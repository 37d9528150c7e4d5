pde 1

# No unknown is complex: `i`, `re`, `arg` are names like any others.
domain line(x) = interval(0, 1)
unknown u
param i = 2
param re = 3
let arg(s) = s^2

in line: dxx(u) = i + re*arg(x)
on left, right: u = 0
