
class E(Exception):
    def __init__(self, m): super().__init__(m)
    def why(self): return 'e'
class F(E):
    def why(self): return 'f'
def fail(): raise F('x')
def handle():
    try: fail()
    except (F, KeyError) as e: return e.why()
    except E as e: return e.why()
    finally: clean()
def clean(): pass
handle()
