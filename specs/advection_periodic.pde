# Linear advection on a circle:  u_t + c u_x = 0,  the ends of the interval identified.
# A wave travels once around without changing its shape.
# Source: method of characteristics, any textbook (LeVeque, "Finite Volume Methods", 2.1).
pde 1
problem "A wave that travels around a circle"

domain circle(x) = interval(0, 1)
time t in 0 .. 1
param c = 1
let shape0(s) = sin(2*pi*s) + 0.25*cos(4*pi*s)
unknown u

periodic left, right
in circle as advection: dt(u) + c*dx(u) = 0
at t = 0 as start: u = shape0(x)

exact u = shape0(x - c*t)
