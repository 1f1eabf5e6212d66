def helper(): pass
class Client:
    def get(self): return helper()
