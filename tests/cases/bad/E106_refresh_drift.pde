pde 1
# Weights that are not decided by the kernel have no drift to go by.
domain rod(x) = interval(0, 1)
unknown u
in rod: dxx(u) = 1
on left, right: u = 0
solver { method = adam  weights = relobralo  refresh_drift = 0.1 }
