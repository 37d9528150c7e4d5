# Something carried along by a flow on a ring: what leaves on one side enters on the other.
# Change the numbers, the formulas and the names; then run  pdelang solve  on this file.
pde 1
problem "A pulse carried around a ring"

domain ring(x) = interval(0, 1)
time t in 0 .. 1

# The two ends are one point: they need no condition, and get none.
periodic left, right

# Constants: the speed of the flow, and how fast the pulse spreads meanwhile.
param speed = 1
param spread = 0.005

# What is solved for, its equation, and its state at the start.
unknown q
in ring as transport: dt(q) + speed*dx(q) = spread*dxx(q)
at t = 0 as start: q = 1 + sin(2*pi*x)

# What is carried is never lost: this number should stay that of the start.
report content = integral(q)
