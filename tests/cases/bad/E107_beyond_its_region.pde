pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
shape channel = box(x = 0 .. 1, y = 0.5 .. 1)
unknown w in channel
in plate: lap(w) = 1
on top, left, right: w = 0
on bottom: w = 0
