try:
    from not_there_at_all import speed
except ImportError:
    from slow import speed

try:
    import json_not_there as coder
except ImportError:
    import slow as coder

if coder is not None:
    from slow import extra
else:
    extra = None


def use():
    speed()
    coder.encode()
    extra()


use()
