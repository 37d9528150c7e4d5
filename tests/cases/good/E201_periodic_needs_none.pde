pde 1
domain strip(x, y) = box(x = 0 .. 1, y = 0 .. 1)
periodic left, right
unknown u
in strip: lap(u) = sin(2*pi*x)
on bottom, top: u = 0
