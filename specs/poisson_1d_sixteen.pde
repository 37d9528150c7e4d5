# Poisson's equation in one dimension:  u'' = f  on (0, 1),  u = 0 at both ends,
# with f made so that u = sin(16 pi x): eight periods.
# Source: Wang, Yu, Perdikaris, "When and why PINNs fail to train: a neural tangent kernel
# perspective", J. Comput. Phys. 449 (2022) 110768, arXiv:2007.14527, section 7.1, at a = 16.
pde 1
problem "Poisson's equation in one dimension, eight periods"

domain rod(x) = interval(0, 1)
param a = 16
let f = -(a*pi)^2*sin(a*pi*x)
unknown u

in rod as poisson: dxx(u) = f
on left, right as ends: u = 0

exact u = sin(a*pi*x)
