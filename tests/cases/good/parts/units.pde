pde 1
param gram = 1e-3
