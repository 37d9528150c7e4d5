pde 1
domain rod(xi) = interval(0, 2*pi)
time tau in 0 .. 1
periodic left, right
unknown θ
let wave(k, s) = sin(k*s)
param ν = 0.1
in rod: dtau(θ) + d(θ, xi) = ν*dxixi(θ)
at tau = 0: θ = wave(2, xi)
exact θ = exp(-4*ν*tau)*wave(2, xi - tau)
