# A field that vibrates: the wave equation, with its known solution to measure the error.
# Change the numbers, the formulas and the names; then run  pdelang solve  on this file.
pde 1
problem "A string plucked in its first mode"

# The domain with its coordinate, and the time. The ends are called left and right.
domain string(x) = interval(0, 1)
time t in 0 .. 1

param c = 1             # speed of the waves

# What is solved for, and the equation that holds inside.
unknown u
in string as wave: dtt(u) = c^2*dxx(u)

# Both ends are held. The second time derivative asks for two conditions at the start.
on left, right as held: u = 0
at t = 0 as release: u = sin(pi*x)
at t = 0 as at_rest: dt(u) = 0

# A known solution is checked against the equations, and gives the true error. Remove this
# line when you change the problem and know none.
exact u = sin(pi*x)*cos(c*pi*t)
