def run(): return helper()
def helper(): pass
def other(): pass
