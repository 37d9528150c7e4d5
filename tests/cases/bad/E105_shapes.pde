pde 1
shape a = disk(center = (0, 0), radius = -1)
shape b = disk(centre = (0, 0), radius = 1)
shape c = polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
shape d = rotate(a2, pi/4, axis = (0, 0, 1))
shape a2 = ellipse(center = (0, 0))
shape e = ball((0, 0), 1, 2)
shape f = torus(center = (0, 0, 0), axis = (0, 0, 1), radius = 1, tube = 0.2)
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)*2
