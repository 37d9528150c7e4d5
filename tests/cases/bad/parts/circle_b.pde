pde 1
use "circle_a.pde"
param b = 2
