from typing import Protocol, runtime_checkable


@runtime_checkable
class Sink(Protocol):
    def write(self, text: str) -> None: ...

    def close(self) -> None:
        print("closed")


class Memory:
    def write(self, text: str) -> None:
        self.text = text

    def close(self) -> None:
        self.text = ""


class Quiet(Sink):
    def write(self, text: str) -> None:
        pass


def emit(sink: Sink) -> None:
    sink.write("a")
    sink.close()


emit(Memory())
emit(Quiet())
