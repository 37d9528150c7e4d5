# Heat conduction with a conductivity from a table:  (k u')' = f on (0, 1), u = x (1 - x).
# Source: f made from k = 1 + exp(-x) sin(2 x), of which the table has 21 readings.
pde 1
problem "A conductivity from a table"

domain rod(x) = interval(0, 1)
let k = interp(csv("references/conductivity.csv", x = "position", k = "conductivity"))
let k_true = 1 + exp(-x)*sin(2*x)
let u_true = x*(1 - x)
unknown u

in rod: dx(k*dx(u)) = dx(k_true*dx(u_true))
on left, right: u = 0

compare u = csv("references/conductivity_solution.csv", x = "x", u = "u")
