pde 1
domain plate(x, y) = ellipse(center = (0, 0), radii = (2, 1)) - disk(center = (0, 0), radius = 0.5)
boundary arc = edge where x < 0 and x^2 + y^2 > 0.5
unknown w: vector
in plate: lap(w) = (0, 0)
on arc: w = (0, 0)
