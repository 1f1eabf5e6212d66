"""What Python's protobuf library reads in a SCIP index, as the rows that the datasets should have."""

import collections
import io
import json
import os
import re
import subprocess
import tokenize

CODECS = {"utf8": "utf-8", "utf16": "utf-16-le", "utf32": "utf-32-le"}
WIDTHS = {"utf8": 1, "utf16": 2, "utf32": 4}
DECLARED = {1: "utf8", 2: "utf16", 3: "utf32"}
ROLES = ["is_definition", "is_import", "is_write", "is_read", "is_generated", "is_test", "is_forward_definition"]
SUFFIXES = {"/": "Namespace", "#": "Type", ".": "Term", ":": "Meta", "!": "Macro"}
PART = r"((?:[^ ]|  )*) "
NAME = r"(?:`(?:[^`]|``)+`|[\w+\-$]+)"
SYMBOL = re.compile(r"((?:[^ ]|  )+) %s%s%s(.+)" % (PART, PART, PART), re.DOTALL)
DESCRIPTOR = re.compile(
    r"\((?P<parameter>{0})\)|\[(?P<type>{0})\]|(?P<method>{0})\((?P<which>[\w+\-$]*)\)\.|(?P<name>{0})(?P<suffix>[/#.:!])".format(NAME)
)
KEY = ["path", "document_ordinal", "seq"]
OWN = ["line", "start_char", "end_line", "end_char", "bstart", "bend"]
DOCUMENT = ["path", "document_ordinal", "relative_path", "language", "encoding", "encoding_source", "is_complete"]
DOCUMENT += ["occurrence_count", "located_count", "symbol_count", "tool_name", "tool_version", "tool_arguments"]
DOCUMENT += ["project_root"]
OCCURRENCE = KEY + ["symbol", "is_local", "symbol_roles"] + ROLES + ["syntax_kind", "override_documentation", "encoding"]
OCCURRENCE += OWN + ["enclosing_" + column for column in OWN]
PARSED = ["scheme", "manager", "package", "version", "descriptors", "descriptor_count", "qualified_name", "name", "suffix"]
PARSED += ["disambiguator", "parent_symbol"]
SYMBOLS = KEY + ["symbol", "is_external", "is_local"] + PARSED
SYMBOLS += ["kind", "display_name", "documentation", "signature", "signature_language", "enclosing_symbol"]
RELATIONSHIP = ["path", "document_ordinal", "symbol_seq", "seq", "symbol", "related_symbol"]
RELATIONSHIP += ["is_reference", "is_implementation", "is_type_definition", "is_definition"]
DIAGNOSTIC = ["path", "document_ordinal", "occurrence_seq", "tool_source", "severity", "code", "message", "tags", "bstart", "bend"]


def default_bindings():
    """The generated code of the crate `scip`, which has the descriptor of the messages."""
    command = ["cargo", "metadata", "--format-version", "1", "--offline"]
    here = os.path.dirname(os.path.abspath(__file__))
    packages = json.loads(subprocess.run(command, cwd=here, stdout=subprocess.PIPE, check=True).stdout)["packages"]
    manifest = next(package["manifest_path"] for package in packages if package["name"] == "scip")
    return os.path.join(os.path.dirname(manifest), "src", "generated", "scip.rs")


def index_class(bindings):
    """The class of the message `Index`."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    with open(bindings, encoding="utf-8") as file:
        literal = re.search(r'file_descriptor_proto_data: &\'static \[u8\] = b"((?:[^"\\]|\\.)*)"', file.read(), re.DOTALL)
    escape = {"n": b"\n", "r": b"\r", "t": b"\t", "0": b"\0"}
    data = b""
    for plain, byte, skipped, char in re.findall(r"([^\\]+)|\\(?:x(..)|(\n\s*)|(.))", literal.group(1)):
        data += plain.encode("latin-1") + bytes.fromhex(byte) + (escape.get(char) or char.encode())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(descriptor_pb2.FileDescriptorProto.FromString(data))
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("scip.Index"))


def value_name(message, field):
    """The name of a value, its number if it has none; None for the first, which says nothing."""
    number = getattr(message, field)
    return enum_name(message.DESCRIPTOR.fields_by_name[field].enum_type, number)


def enum_name(enum, number):
    value = enum.values_by_number.get(number)
    if number == 0:
        return None
    return value.name if value else str(number)


def unescaped(name):
    return name[1:-1].replace("``", "`") if name.startswith("`") else name


def parsed(symbol):
    """The columns of PARSED."""
    local = re.fullmatch(r"local ([\w+\-$]+)", symbol)
    if local:
        return ("local", None, None, None, local[1], 1, None, local[1], "Local", None, None)
    match = None if symbol.startswith("local ") else SYMBOL.fullmatch(symbol)
    if not match:
        return (None,) * len(PARSED)
    scheme, *package, descriptors = match.groups()
    names, at, last = [], 0, None
    while at < len(descriptors):
        found = DESCRIPTOR.match(descriptors, at)
        if not found:
            return (None,) * len(PARSED)
        groups = found.groupdict()
        if groups["parameter"]:
            last = (unescaped(groups["parameter"]), "Parameter", None)
        elif groups["type"]:
            last = (unescaped(groups["type"]), "TypeParameter", None)
        elif groups["method"]:
            last = (unescaped(groups["method"]), "Method", groups["which"] or None)
        else:
            last = (unescaped(groups["name"]), SUFFIXES[groups["suffix"]], None)
        names.append(last[0])
        start, at = at, found.end()
    package = [None if part in ("", ".") else part.replace("  ", " ") for part in package]
    parent = symbol[: len(symbol) - len(descriptors) + start] if start else None
    return (scheme.replace("  ", " "), *package, descriptors, len(names), ".".join(names), *last, parent)


class Text:
    """The text of a document by lines."""

    def __init__(self, text, unit):
        self.unit, self.starts, self.lines, offset = unit, [], [], 0
        for line in io.StringIO(text, newline=""):
            self.starts.append(offset)
            self.lines.append(line.rstrip("\r\n"))
            offset += len(line.encode())
        if not self.lines or text.endswith(("\r", "\n")):
            self.starts.append(offset)
            self.lines.append("")
        self.encoded = {}
        self.data = text.encode()

    def offset(self, line, column):
        """The byte at a column; None if there is none."""
        if line >= len(self.lines):
            return None
        if line not in self.encoded:
            self.encoded[line] = self.lines[line].encode(CODECS[self.unit])
        encoded, length = self.encoded[line], column * WIDTHS[self.unit]
        if length > len(encoded):
            return None
        try:
            return self.starts[line] + len(encoded[:length].decode(CODECS[self.unit]).encode())
        except UnicodeDecodeError:
            return None

    def column(self, line, column, old, new):
        """A column of the unit `old` in `new`."""
        before = self.lines[line].encode(CODECS[old])[: column * WIDTHS[old]].decode(CODECS[old])
        return len(before.encode(CODECS[new])) // WIDTHS[new]

    def span(self, line, start, end_line, end):
        if (line, start) > (end_line, end):
            return (None, None)
        span = (self.offset(line, start), self.offset(end_line, end))
        return (None, None) if None in span else span

    def __getitem__(self, span):
        return self.data[slice(*span)].decode()


def range_of(message, typed, packed):
    """A range as four numbers, or None; the typed form counts where there are both."""
    which = message.WhichOneof(typed)
    if which:
        found = getattr(message, which)
        if which.startswith("single"):
            return (found.line, found.start_character, found.line, found.end_character)
        return (found.start_line, found.start_character, found.end_line, found.end_character)
    numbers = list(getattr(message, packed))
    if len(numbers) == 3:
        numbers.insert(2, numbers[0])
    return tuple(numbers) if len(numbers) == 4 and min(numbers) >= 0 else None


def place(found, text):
    """The columns of OWN."""
    if not found:
        return (None,) * len(OWN)
    line, start, end_line, end = found
    span = text.span(*found) if text else (None, None)
    return (line + 1, start, end_line + 1, end, *span)


def text_of(document, folder, unit):
    if unit is None:
        return None
    if document.text:
        return Text(document.text, unit)
    try:
        with open(os.path.join(folder, document.relative_path), "rb") as file:
            data = file.read()
        encoding = "utf-8"
        if document.relative_path.endswith(".py"):
            encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0].replace("utf-8-sig", "utf-8")
        return Text(data.decode(encoding), unit)
    except (OSError, ValueError, SyntaxError):
        return None


def or_none(text):
    return text or None


class Expected:
    """The rows that an index should have, by dataset."""

    def __init__(self, index, name, folder, unit):
        self.rows, self.texts = collections.defaultdict(list), {}
        self.metadata, ordinals = index.metadata, collections.Counter()
        for document in sorted(index.documents, key=lambda document: document.relative_path.encode()):
            key = (document.relative_path, ordinals[document.relative_path])
            ordinals[document.relative_path] += 1
            self.document(document, key, folder, unit)
        for seq, information in enumerate(index.external_symbols):
            self.symbol(information, (name, ordinals[name]), seq, True)

    def document(self, document, key, folder, unit):
        encoding = DECLARED.get(document.position_encoding, unit if document.position_encoding == 0 else None)
        source = "declared" if document.position_encoding in DECLARED else "assumed" if encoding else "unknown"
        text = self.texts[key] = text_of(document, folder, encoding)
        located = 0
        for seq, occurrence in enumerate(document.occurrences):
            own = place(range_of(occurrence, "typed_range", "range"), text)
            around = place(range_of(occurrence, "typed_enclosing_range", "enclosing_range"), text)
            located += own[-1] is not None
            symbol, roles = occurrence.symbol, occurrence.symbol_roles
            row = (or_none(symbol), symbol.startswith("local "), roles, *(bool(roles >> bit & 1) for bit in range(len(ROLES))))
            row += (value_name(occurrence, "syntax_kind"), or_none("\n\n".join(occurrence.override_documentation)), encoding)
            self.rows["scip_occurrences"].append((*key, seq, *row, *own, *around))
            for diagnostic in occurrence.diagnostics:
                self.diagnostic(diagnostic, (*key, seq), own[-2:])
        tool = self.metadata.tool_info
        row = (document.relative_path, or_none(document.language), encoding, source, True, len(document.occurrences), located)
        row += (len(document.symbols), or_none(tool.name), or_none(tool.version), or_none("\n".join(tool.arguments)))
        self.rows["scip_documents"].append((*key, *row, or_none(self.metadata.project_root)))
        for seq, information in enumerate(document.symbols):
            self.symbol(information, key, seq, False)

    def symbol(self, information, key, seq, is_external):
        symbol, signature = information.symbol, information.signature_documentation
        row = (symbol, is_external, symbol.startswith("local "), *parsed(symbol), value_name(information, "kind"))
        row += (or_none(information.display_name), or_none("\n\n".join(information.documentation)), or_none(signature.text))
        row += (or_none(signature.language), or_none(information.enclosing_symbol))
        self.rows["scip_symbols"].append((*key, seq, *row))
        for number, related in enumerate(information.relationships):
            row = (symbol, related.symbol, related.is_reference, related.is_implementation, related.is_type_definition)
            self.rows["scip_relationships"].append((*key, seq, number, *row, related.is_definition))

    def diagnostic(self, diagnostic, key, span):
        tags = diagnostic.DESCRIPTOR.fields_by_name["tags"].enum_type
        names = filter(None, (enum_name(tags, tag) for tag in diagnostic.tags))
        row = (or_none(diagnostic.source), value_name(diagnostic, "severity"), or_none(diagnostic.code), diagnostic.message)
        self.rows["scip_diagnostics"].append((*key, *row, or_none(", ".join(names)), *span))


def remade(index, folder, unit):
    """The same index in other words: texts embedded, each document in the next unit, typed ranges, documents backwards, and a
    diagnostic at some occurrences. Its byte spans are those of the first."""
    made = type(index)()
    made.CopyFrom(index)
    del made.documents[:]
    for number, document in enumerate(reversed(index.documents)):
        copy = made.documents.add()
        copy.CopyFrom(document)
        old = DECLARED.get(document.position_encoding, unit)
        text = text_of(document, folder, old)
        if text is None:
            continue
        copy.text = text.data.decode()
        copy.position_encoding = number % 3 + 1
        new = DECLARED[copy.position_encoding]
        for seq, occurrence in enumerate(copy.occurrences):
            retype(occurrence, range_of(occurrence, "typed_range", "range"), "range", text, old, new)
            retype(occurrence, range_of(occurrence, "typed_enclosing_range", "enclosing_range"), "enclosing_range", text, old, new)
            if seq % 7 == 0:
                occurrence.diagnostics.add(severity=seq % 5, code=str(seq), message="made", source="judge", tags=[1, 2])
    return made


def retype(occurrence, found, field, text, old, new):
    """Puts a typed range in columns of the unit `new` in the place of a packed one in `old`."""
    if found is None or None in text.span(*found):
        return
    line, start, end_line, end = found
    start, end = text.column(line, start, old, new), text.column(end_line, end, old, new)
    occurrence.ClearField(field)
    if line == end_line:
        single = getattr(occurrence, "single_line_" + field)
        single.SetInParent()
        single.line, single.start_character, single.end_character = line, start, end
    else:
        multi = getattr(occurrence, "multi_line_" + field)
        multi.SetInParent()
        multi.start_line, multi.start_character, multi.end_line, multi.end_character = line, start, end_line, end
