class Codec:
    def encode(self, text):
        return text

    write = encode

    @staticmethod
    def plain(text):
        return trimmed(text)

    clean = plain


def trimmed(text):
    return text.strip()


class Fast(Codec):
    def encode(self, text):
        return super().encode(text)


def main():
    fast = Fast()
    fast.write("a")
    fast.clean("b")
    write = fast.encode
    write("c")
    Codec.encode(fast, "d")


main()
