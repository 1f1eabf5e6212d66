"""The text of a Python file, its places, and what `tokenize` says of it."""

import bisect
import io
import itertools
import re
import sys
import token as token_types
import tokenize

HAS_BYTES_IN_COLUMNS = sys.version_info[:2] == (3, 12)


class Text:
    """The text of a file and the places in it."""

    def __init__(self, data):
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        self.mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self.text = data.decode(encoding)
        self.encoding = encoding
        ends = re.finditer(r"\r\n|\r|\n", self.text)
        self.has_cr = False
        self.lines, start = [], 0
        for end in ends:
            self.has_cr |= end.group() == "\r"
            self.lines.append(self.text[start : end.end()])
            start = end.end()
        self.lines.append(self.text[start:])
        self.is_ascii = self.text.isascii()
        sizes = (len(line) if self.is_ascii else len(line.encode()) for line in self.lines)
        self.starts = list(itertools.accumulate(sizes, initial=self.mark))
        self.size = self.starts[-1]

    def offset(self, line, column):
        """The byte offset of a place, which may be behind the last line."""
        if line > len(self.lines):
            return self.size
        prefix = self.lines[line - 1]
        if column >= len(prefix):
            return self.starts[line]
        return self.starts[line - 1] + (column if self.is_ascii else len(prefix[:column].encode()))

    def byte_offset(self, line, column):
        """The same for a column in bytes, as `ast` has it."""
        return self.starts[line - 1] + column

    def tokens(self):
        """What `tokenize` says, or None where it fails."""
        data = self.text
        if self.has_cr:
            data = data.replace("\r\n", "\n").replace("\r", "\n")
        try:
            # With their line ends as they are.
            return list(tokenize.generate_tokens(io.StringIO(data, newline="").readline))
        except (tokenize.TokenError, SyntaxError, ValueError):
            return None

    def end_column(self, token, documented):
        """The end of a token of several lines, where 3.12 counts the bytes of its last line in the text of its first."""
        column = len(token.string) - token.string.rfind("\n") - 1
        size = len(self.lines[token.end[0] - 1][:column].encode())
        wrong = len("".join(self.lines[token.start[0] - 1 : token.end[0]]).encode()[:size].decode(errors="replace"))
        if token.end[1] not in (column, wrong):
            return token.end[1]
        documented["end_column"] += token.end[1] != column
        return column

    def row(self, token, documented):
        """The row that `tokens` should have."""
        bstart = self.offset(*token.start)
        text, end_column = token.string, token.end[1]
        if self.has_cr and token.type in (tokenize.NEWLINE, tokenize.NL) and text:
            line = self.lines[token.start[0] - 1]
            text = line[len(line.rstrip("\r\n")) :]
            end_column = token.start[1] + len(text)
        elif self.has_cr and "\n" in text:
            bend = self.offset(*token.end)
            text = self.text.encode()[bstart - self.mark : bend - self.mark].decode()
        if HAS_BYTES_IN_COLUMNS and token.start[0] != token.end[0] and not self.is_ascii:
            end_column = self.end_column(token, documented)
        size = len(text) if self.is_ascii else len(text.encode())
        kinds = token_types.tok_name[token.type], token_types.tok_name[token.exact_type]
        return (*kinds, text, bstart, bstart + size, token.start[0], token.start[1], token.end[0], end_column)


def declaration(text):
    """The line of the comment that declares the encoding, by the rule of PEP 263."""
    # A pattern of bytes since 3.14.
    is_of_bytes = isinstance(tokenize.cookie_re.pattern, bytes)
    for number, line in enumerate(text.lines[:2], 1):
        if tokenize.cookie_re.match(line.encode() if is_of_bytes else line):
            return [number]
        if not tokenize.blank_re.match(line.encode()):
            break
    return []


def indent(line):
    """The width of the white space before a line, as CPython measures it."""
    width = 0
    for c in line:
        if c == " ":
            width += 1
        elif c == "\t":
            width = (width // 8 + 1) * 8
        elif c == "\f":
            width = 0
        else:
            break
    return width


class Owners:
    """Which definition a comment belongs to, by the rule in the documentation of `comments.container_id`."""

    def __init__(self, text, places, columns):
        order = sorted(range(len(places)), key=lambda i: places[i])
        self.places, self.columns = [places[i] for i in order], [columns[i] for i in order]
        self.starts = [start for start, _ in self.places]
        # The definition around each, so that a search goes outwards.
        self.outer, stack = [], []
        for i, (start, end) in enumerate(self.places):
            while stack and self.places[stack[-1]][1] <= start:
                stack.pop()
            self.outer.append(stack[-1] if stack else None)
            stack.append(i)

    def around(self, offset):
        """The definitions around the byte before an offset or that end there, from the innermost on."""
        i = bisect.bisect_right(self.starts, offset) - 1
        i = i if i >= 0 else None
        while i is not None:
            if offset <= self.places[i][1]:
                yield i
            i = self.outer[i]

    def of(self, comment, code_end, column):
        """The start of the definition. `column` is the indentation of a comment on its own line."""
        for i in self.around(comment):
            if comment < self.places[i][1]:
                inside = i
                break
        else:
            inside = None
        for i in self.around(max(code_end - 1, 0)):
            start, end = self.places[i]
            if end > comment or end < code_end or i == inside:
                break
            if column is None or column > self.columns[i]:
                return start
        return None if inside is None else self.starts[inside]
