# The Allen-Cahn equation:  u_t = 1e-4 u_xx + 5 u - 5 u^3, periodic. The initial value falls into the
# two phases +1 and -1, with fronts about 0.02 wide between them.
# Source: Raissi, Perdikaris, Karniadakis, "Physics-informed neural networks", J. Comput. Phys. 378
# (2019) 686-707, section 4.1. Reference table: references/allen_cahn.py.
pde 1
problem "Allen-Cahn equation"

domain ring(x) = interval(-1, 1)
time t in 0 .. 1
param D = 1e-4
unknown u

periodic left, right
in ring as reaction: dt(u) = D*dxx(u) + 5*u - 5*u^3
at t = 0 as start: u = x^2*cos(pi*x)

compare u = csv("references/allen_cahn.csv", x = "x", t = "t", u = "u")
