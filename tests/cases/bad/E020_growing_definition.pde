pde 1
domain line(x) = interval(0, 1)
let f(s) = s*s + s
let g(s) = f(f(f(f(s))))
let h(s) = g(g(g(g(s))))
unknown u
in line: dxx(u) = h(h(x))
on left, right: u = 0
