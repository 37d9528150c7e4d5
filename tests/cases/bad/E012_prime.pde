pde 1
domain rod(x) = interval(0, 1)
unknown u
in rod: u'' = 1
on left, right: u = 0
