class Number:
    def __init__(self, value):
        self.value = value

    def accept(self, visitor):
        return visitor.visit_number(self)


class Sum:
    def __init__(self, left, right):
        self.left, self.right = left, right

    def accept(self, visitor):
        return visitor.visit_sum(self)


class Evaluator:
    def visit_number(self, node):
        return node.value

    def visit_sum(self, node):
        return node.left.accept(self) + node.right.accept(self)


class Printer:
    def visit_number(self, node):
        return str(node.value)

    def visit_sum(self, node):
        return self.join(node.left.accept(self), node.right.accept(self))

    def join(self, a, b):
        return a + "+" + b


tree = Sum(Number(1), Sum(Number(2), Number(3)))
tree.accept(Evaluator())
tree.accept(Printer())
