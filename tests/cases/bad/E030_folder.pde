pde 1
use "."
use "parts"
use ""
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
on edge: u = 0
compare u = csv("tables", x = "x", u = "u")
