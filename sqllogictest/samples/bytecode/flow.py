def é(a, /, b, *, c=1):
    try:
        for x in a:
            if x is None: return b
    except ValueError:
        raise
    k = lambda: [c, "é"]
    return k


class C: pass
