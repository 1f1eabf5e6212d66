Point = tuple
origin = (0, 0)
_hidden = 1
