#!/usr/bin/env python3
"""Compares the datasets of a SCIP index with what Python's protobuf library reads in the same index.

    python3 tests/judge_scip.py [--binary PATH | --dump PATH] [--unit UNIT] INDEX=FOLDER…

The messages are those that the published `scip` crate carries (`--bindings`, by default where cargo has it), read by the
package `protobuf`, which must be installed. Every document, occurrence, symbol, relationship and diagnostic must be there
with each of its fields; symbols are taken apart here by regular expressions. Byte spans are found by encoding the lines of
the file, and by cutting what is encoded: a range that cannot be cut must have no span, and the reverse.

Indexers use a part of the protocol only, so each index is compared a second time in other words: with its texts embedded,
columns in every unit, typed ranges and diagnostics. The byte spans must be the same.

It then counts, as shares, how often the text of a span is what it should name. This is about the indexer as much as about
us, so nothing is demanded of it: modules have empty spans, `import a as b` spans its whole alias, and names that a language
changes (`Self`, operators, `__init__` for a call) differ from their symbol. Columns that count the wrong unit show here.
"""

import argparse
import collections
import io
import os
import shutil
import sys
import tempfile
import tokenize

import binary_rows
import scip_expected
from scip_expected import CODECS, DIAGNOSTIC, DOCUMENT, OCCURRENCE, PARSED, RELATIONSHIP, SYMBOLS, Expected, parsed

RELATION = "{dataset}(source => '{folder}', include => '/{index}', position_encoding => {unit})"


class Ours:
    """The rows of the program."""

    def __init__(self, arguments, index, folder):
        self.arguments, self.index, self.folder = arguments, index, folder

    def rows(self, dataset, columns):
        arguments = self.arguments
        if arguments.dump:
            unit = ":" + arguments.unit if arguments.unit else ""
            command = [arguments.dump, "%s:%s%s" % (self.index, self.folder, unit), dataset, ",".join(columns)]
        else:
            index = os.path.relpath(self.index, self.folder).replace(os.sep, "/")
            unit = "'%s'" % arguments.unit if arguments.unit else "NULL"
            relation = arguments.relation.format(dataset=dataset, folder=self.folder, index=index, unit=unit)
            query = "SELECT %s FROM %s" % (", ".join(columns), relation)
            command = [arguments.binary, "-q", "--format", "nd-json", "--maxrows", "inf", "-c", query]
        return binary_rows.json_rows(command, columns, dataset)


def compare(ours, expected, differences, counts):
    """Every row with every column, in our order."""
    datasets = ("scip_documents", DOCUMENT), ("scip_occurrences", OCCURRENCE), ("scip_symbols", SYMBOLS)
    datasets += ("scip_relationships", RELATIONSHIP), ("scip_diagnostics", ["source"] + DIAGNOSTIC)
    for dataset, columns in datasets:
        rows = list(ours.rows(dataset, columns))
        if dataset == "scip_diagnostics":
            rows = [row[1:] for row in rows if row[0] == "tool"]
            columns = DIAGNOSTIC
        theirs = expected.rows[dataset]
        order = {"scip_relationships": 4, "scip_documents": 2}.get(dataset, 3)
        theirs.sort(key=lambda row: (row[0].encode(), *row[1:order]))
        counts[dataset] += len(theirs)
        if len(rows) != len(theirs):
            differences["rows of " + dataset].append("%d for %d" % (len(rows), len(theirs)))
            continue
        for our, their in zip(rows, theirs):
            for column, ours_is, theirs_is in zip(columns, our, their):
                if ours_is != theirs_is:
                    differences["%s.%s" % (dataset, column)].append("%s:%s: %r for %r" % (*their[:1], their[2], ours_is, theirs_is))


def check_ids(ours, differences):
    """A symbol has one id, and an id one symbol; that of a local one is the document's."""
    ids = {}
    for path, symbol, symbol_id in ours.rows("scip_occurrences", ["path", "symbol", "scip_symbol_id"]):
        name = symbol and ((path, symbol) if symbol.startswith("local ") else symbol)
        if (name is None) != (symbol_id is None) or ids.setdefault(symbol_id, name) != name:
            differences["scip_occurrences.scip_symbol_id"].append("%s: %s" % (path, symbol))
    if len(set(ids.values())) != len(ids):
        differences["scip_occurrences.scip_symbol_id"].append("symbols with two ids")


def names_of(path, text):
    """The byte spans of the names of a Python file."""
    spans, raw = set(), text.data.decode()
    starts, lines = text.starts, text.lines
    try:
        for token in tokenize.generate_tokens(io.StringIO(raw).readline):
            if token.type == tokenize.NAME:
                (row, start), (_, end) = token.start, token.end
                at = starts[row - 1]
                spans.add((at + len(lines[row - 1][:start].encode()), at + len(lines[row - 1][:end].encode())))
    except (SyntaxError, IndexError, tokenize.TokenError):
        return None
    return spans


def shares(expected):
    """How often spans are what they should name: counts of (what, of how many)."""
    counts = collections.defaultdict(lambda: [0, 0])
    names, definitions, local = {}, {}, []
    for row in expected.rows["scip_occurrences"]:
        row = dict(zip(OCCURRENCE, row))
        key, span = (row["path"], row["document_ordinal"]), (row["bstart"], row["bend"])
        text = expected.texts[key]
        counts["have a byte span"][1] += 1
        if text is None or None in span:
            continue
        counts["have a byte span"][0] += 1
        counts["are empty (modules)"][1] += 1
        counts["are empty (modules)"][0] += span[0] == span[1]
        if span[0] == span[1]:
            continue
        if row["path"].endswith(".py"):
            if key not in names:
                names[key] = names_of(row["path"], text)
            if names[key] is not None:
                counts["are one name of Python's tokenizer"][1] += 1
                counts["are one name of Python's tokenizer"][0] += span in names[key]
        covered = text[span]
        if row["is_local"]:
            local.append(((*key, row["symbol"]), covered))
            counts["local: are an identifier"][1] += 1
            counts["local: are an identifier"][0] += covered.isidentifier()
            if row["is_definition"]:
                definitions.setdefault((*key, row["symbol"]), covered)
        elif row["symbol"]:
            name = parsed(row["symbol"])[PARSED.index("name")]
            counts["global: are the last name of the symbol"][1] += 1
            counts["global: are the last name of the symbol"][0] += covered.rpartition("r#")[2] == name
    for symbol, covered in local:
        if symbol in definitions:
            counts["local: are the name of the definition"][1] += 1
            counts["local: are the name of the definition"][0] += covered == definitions[symbol]
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=binary_rows.default_binary(), help="the program to judge (default: %(default)s)")
    parser.add_argument("--dump", help="the example `dump` of codeanatomy-extract, to judge in place of the program")
    parser.add_argument("--relation", default=RELATION, help="how a dataset is named in SQL (default: %(default)s)")
    parser.add_argument("--bindings", help="the generated code of the crate `scip` (default: where cargo has it)")
    parser.add_argument("--unit", default="utf16", choices=["", *CODECS], help="what columns count where it is not declared")
    binary_rows.add_summary(parser)
    parser.add_argument("indexes", nargs="+", metavar="INDEX=FOLDER")
    arguments = parser.parse_args()
    messages = scip_expected.index_class(arguments.bindings or scip_expected.default_bindings())
    failed, rows, differences = False, 0, collections.Counter()
    for pair in arguments.indexes:
        path, folder = pair.split("=", 1)
        with open(path, "rb") as file:
            index = messages.FromString(file.read())
        expected, fails = judge(arguments, index, path, folder)
        for what, (count, of) in shares(expected).items():
            print("  %6.2f %% of %d %s" % (100 * count / max(of, 1), of, what))
        index = scip_expected.remade(index, folder, arguments.unit)
        with tempfile.NamedTemporaryFile(suffix=".scip") as file:
            file.write(index.SerializeToString())
            file.flush()
            made, made_fails = judge(arguments, index, file.name, folder)
        failed = fails or made_fails or failed
        rows += sum(map(len, expected.rows.values()))
        differences.update({path: 1} if fails or made_fails else {})
        if arguments.unit and spans(made) != spans(expected):
            print("  DIFFERENCE: the spans in other words are others")
            failed = True
    binary_rows.write_summary(arguments, len(arguments.indexes), rows, differences)
    sys.exit(failed)


def judge(arguments, index, path, folder):
    """The rows that an index should have, and whether others are there."""
    differences, counts = collections.defaultdict(list), collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        there = path
        if not arguments.dump:
            # The program finds an index below its source, and there shall be no other.
            folder = shutil.copytree(folder, os.path.join(scratch, "source"), ignore=shutil.ignore_patterns("*.scip"))
            there = shutil.copyfile(path, os.path.join(folder, "index.scip"))
        expected = Expected(index, "index.scip", folder, arguments.unit or None)
        ours = Ours(arguments, there, folder)
        compare(ours, expected, differences, counts)
        check_ids(ours, differences)
    print("%s: %s" % (path, ", ".join("%d %s" % (count, dataset) for dataset, count in counts.items())))
    for category, where in sorted(differences.items()):
        print("  DIFFERENCE: %s: %d, as in %s" % (category, len(where), "; ".join(where[:3])))
    return expected, bool(differences) or not counts["scip_occurrences"]


def spans(expected):
    """The byte spans of an index, without the order of its documents of the same path."""
    places = [OCCURRENCE.index(column) for column in ("path", "seq", "bstart", "bend", "enclosing_bstart", "enclosing_bend")]
    return collections.Counter(tuple(row[place] for place in places) for row in expected.rows["scip_occurrences"])


if __name__ == "__main__":
    main()
