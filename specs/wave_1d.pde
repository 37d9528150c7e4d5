# The wave equation:  u_tt = 4 u_xx  on the unit square of space and time, both ends held,
# released from rest with two modes. The terms are grouped as in the paper: every value of u
# (both ends and the start) in one term, the initial velocity in a second, the equation in a third.
# Source: Wang, Yu, Perdikaris, "When and why PINNs fail to train: a neural tangent kernel
# perspective", J. Comput. Phys. 449 (2022) 110768, arXiv:2007.14527, section 7.2.
pde 1
problem "A string that vibrates in two modes"

domain string(x) = interval(0, 1)
time t in 0 .. 1
param c = 2
unknown u

in string as r: dtt(u) = c^2*dxx(u)
on left, right as u: u = 0
at t = 0 as u: u = sin(pi*x) + 0.5*sin(4*pi*x)
at t = 0 as u_t: dt(u) = 0

exact u = sin(pi*x)*cos(c*pi*t) + 0.5*sin(4*pi*x)*cos(4*c*pi*t)
