# A European call in the time to expiry:  V_tau = sigma^2/2 S^2 V_SS + r S V_S - r V,
# V = max(S - K, 0) at expiry; the ends carry the values of the formula.
# Source: Black and Scholes, Journal of Political Economy 81 (1973) 637-654, equation (13).
pde 1
problem "Black-Scholes price of a European call"

domain price(S) = interval(0.25, 4)
time tau in 0 .. 1
param K = 1
param r = 0.05
param sigma = 0.3
let normal(s) = erfc(-s/sqrt(2))/2
let spread = sigma*sqrt(tau)
let d1 = (log(S/K) + (r + sigma^2/2)*tau)/spread
let call = if tau > 0 then S*normal(d1) - K*exp(-r*tau)*normal(d1 - spread) else max(S - K, 0)
unknown V

in price as black_scholes: dtau(V) = sigma^2/2*S^2*dSS(V) + r*S*dS(V) - r*V
on left, right as ends: V = call
at tau = 0 as payoff: V = max(S - K, 0)

exact V = call
report at_the_money = value(V, 1)
