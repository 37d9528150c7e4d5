# Flow in a channel over a solid block: the velocity exists in the channel alone, the temperature
# in both:  lap(w) = -1,  w*dx(T) = kappa*lap(T) + s in the channel,  lap(T) = 0 in the block.
# Source: plane Poiseuille flow; s is made so that T = x*y is the temperature.
pde 1
problem "Channel flow over a block"

domain device(x, y) = box(x = 0 .. 2, y = -0.5 .. 1)
shape channel = box(x = 0 .. 2, y = 0 .. 1)
shape block = device - channel
boundary bed = interface(block, channel)
param kappa = 0.1
unknown w in channel
unknown T

in channel as momentum: lap(w) = -1
in channel as energy: w*dx(T) = kappa*lap(T) + y*y*(1 - y)/2
in block as conduction: lap(T) = 0
on top, bed as noslip: w = 0
on left, right as inflow: w = y*(1 - y)/2
on bed as contact: jump(T) = 0
on bed as flux: jump(dn(T)) = 0
on edge: T = x*y

exact w = y*(1 - y)/2
exact T = x*y
report rate = integral(w, on = right)
