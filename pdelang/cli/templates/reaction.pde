# A nonlinear steady problem: diffusion against a reaction that depends on the solution.
# Change the numbers, the formulas and the names; then run  pdelang solve  on this file.
pde 1
problem "Diffusion and reaction in a layer"

# The domain with its coordinate. The ends are called left and right.
domain layer(x) = interval(0, 1)

param k = 4             # strength of the reaction

# What is solved for, and its equation. Products of unknowns make it nonlinear; nothing else
# has to be said about that.
unknown c
in layer as balance: dxx(c) = k*c^2

# Fed on the left, closed on the right.
on left as feed: c = 1
on right as wall: dx(c) = 0

# Where several solutions exist, a first guess chooses one.
guess c = 1 - x/2

# A number to print and save: the slope at a point.
report uptake = value(dx(c), (0))
