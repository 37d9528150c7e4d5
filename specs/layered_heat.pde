# Heat in a wall of two layers, in time:  c*dt(T) = dx(k*dx(T)),  T and k*dx(T) continuous. With
# c = k in each layer the first mode decays at one rate in both: exp(-4*pi^2*t).
# Source: separation of variables; Carslaw, Jaeger, "Conduction of Heat in Solids", section 12.8.
pde 1
problem "Heat in a wall of two layers"

domain wall(x) = interval(0, 1)
time t in 0 .. 0.1
shape copper = interval(0, 0.5)
shape steel = interval(0.5, 1)
boundary weld = interface(copper, steel)
param ratio = 4
let mode = if x < 0.5 then sin(2*pi*x) else sin(2*pi*x)/ratio
unknown T

in copper: dt(T) = dxx(T)
in steel: ratio*dt(T) = ratio*dxx(T)
on weld as contact: jump(T) = 0
on weld as flux: side(dx(T), copper) = ratio*side(dx(T), steel)
on left, right: T = 0
at t = 0: T = mode

exact T = exp(-4*pi^2*t)*mode
