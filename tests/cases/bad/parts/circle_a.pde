pde 1
use "circle_b.pde"
param a = 1
