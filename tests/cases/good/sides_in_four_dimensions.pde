pde 1
domain tesseract(x, y, z, w) = box(x = 0 .. 1, y = 0 .. 1, z = 0 .. 1, w = 0 .. 1)
boundary lid = tesseract.top
unknown u
in tesseract: lap(u) = 0
on left, high(x), bottom, lid, front, back, low(w), tesseract.high(w): u = 1
