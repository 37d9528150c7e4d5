pde 1
domain tube(x, y) = box(x = 0 .. 1, y = 0 .. 1)
periodic left, right
boundary near = bottom where x < 0.5
boundary far = bottom where x >= 0.5
unknown u
in tube: lap(u) = 0
on near: u = x
on far: u = 2*x - 0.5
on top: u = sin(x)
