pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
param kappa = 0.1
unknown temperature
in line: dt(temperature) = kapa*dxx(temprature) + sinh2(x)
on left, rigth: temperature = 0
at t = 0: temperature = __import__("os")
