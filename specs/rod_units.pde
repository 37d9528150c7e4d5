# Heat in a rod between two temperatures, in mm, minutes and degrees Celsius:
# T_t = D T_xx, one sine decaying on the line between the ends.
# Source: separation of variables.
pde 1
problem "A cooling rod in everyday units"

domain rod(x [mm]) = interval(0, L)
time t [min] in 0 .. 10
param L = 10 [cm]
param D = 10 [mm^2/s]
param k = 0.2 [kW/(m K)]
param cold = 20 [degC]
param hot = 80 [degC]
param bump = 10 [K]
let line = cold + (hot - cold)*x/L
unknown T [degC]

in rod as heat: dt(T) = D*dxx(T)
on left as cold_end: T = cold
on right as hot_end: T = hot
at t = 0 as start: T = line + bump*sin(pi*x/L)

exact T = line + bump*exp(-D*(pi/L)^2*t)*sin(pi*x/L)
report middle = value(T, (L/2)) [degC]
report flux = integral(-k*dn(T), on = right) [kW/m^2]
