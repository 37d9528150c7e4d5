from fenics import *
mesh = UnitSquareMesh(8, 8)
