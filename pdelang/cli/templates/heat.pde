# A field that spreads in time along a line: diffusion with a source.
# Change the numbers, the formulas and the names; then run  pdelang solve  on this file.
pde 1
problem "Heat in a rod with a source"

# The domain with its coordinate, and the time. The ends are called left and right.
domain rod(x) = interval(0, 1)
time t in 0 .. 0.5

# Constants, and formulas with a name.
param alpha = 0.2       # diffusivity
let source = 2*sin(pi*x)

# What is solved for, and the equation that holds inside.
unknown u
in rod as diffusion: dt(u) = alpha*dxx(u) + source

# One condition at every end, and the state at the start: as many as the time order.
on left as cold: u = 0
on right as insulated: dx(u) = 0
at t = 0 as start: u = sin(pi*x/2)

# Numbers to print and save; with time they are taken at its end.
report middle = value(u, (0.5))
report content = integral(u)

# The times to draw; leave this out and some are chosen.
output { times = [0, 0.1, 0.2, 0.5] }
