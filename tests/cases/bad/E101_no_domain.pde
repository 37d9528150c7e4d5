pde 1
unknown u
