import a.b, a.c  # a1: a; a2: a#2
from use import d as e, f  # e: e; f: f

use(a, e, f)  # a <- a2; e <- e; f <- f
if use:
    from use import *  # star: *
use(a, f)  # a <- a2, star; f <- f, star
a = 1  # a3: a
use(a)  # a <- a3
try:
    use(late)  # late <- outside, star
except use:
    late = use  # l: late
use(late)  # late <- outside, star, l
for h in use:  # h: h
    use(h, late)  # h <- h; late <- outside, star, star2, l
    from use import *  # star2: *
del late  # late <- outside, star, star2, l
