pde 1
problem "a title with # and 'marks'"
# an " alone in a comment
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
on left, right: u = 0
