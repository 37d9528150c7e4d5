# Predators and prey:  x' = a x - b x y,  y' = x y - y,  an ODE system without a domain.
# Source: Lotka, "Elements of Physical Biology" (1925); Volterra, Nature 118 (1926) 558. The table
# is from `references/lotka_volterra.py`, accurate to 1e-10.
pde 1
problem "Predators and prey"

time t in 0 .. 20
param a = 2/3
param b = 4/3
unknown prey, predators

in t as growth: dt(prey) = a*prey - b*prey*predators
in t as hunting: dt(predators) = prey*predators - predators
at t = 0: prey = 1.5
at t = 0: predators = 1

compare prey = csv("references/lotka_volterra.csv", t = "t", prey = "prey")
compare predators = csv("references/lotka_volterra.csv", t = "t", predators = "predators")
report conserved = value(prey) - log(value(prey)) + b*value(predators) - a*log(value(predators))
