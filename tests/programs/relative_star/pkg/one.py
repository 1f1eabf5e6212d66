def a(): return _hid()
def _hid(): pass
def notme(): pass
