TITLE 'Heat'
VARIABLES u
EQUATIONS div(grad(u)) = 0
