pde 1
# Constants of water at 20 degrees.
use "units.pde"
param rho = 998*gram
param unused_here = 1
