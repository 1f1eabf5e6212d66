"""Delta tables written by the protocol's text alone, with no library of it: https://github.com/delta-io/delta/blob/master/PROTOCOL.md

The Python package `deltalake` writes no deletion vectors, v2 checkpoints or mapped columns with names of their own, so they are made here.
"""

import json
import struct
import uuid
import zlib
from pathlib import Path

import pyarrow
import pyarrow.parquet

Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def z85(data):
    """Five characters for four bytes; the end is filled up with zeros."""
    data += bytes(-len(data) % 4)
    text = ""
    for (word,) in struct.iter_unpack(">I", data):
        digits = ""
        for _ in range(5):
            word, digit = divmod(word, 85)
            digits = Z85[digit] + digits
        text += digits
    return text


def roaring(values, runs=False):
    """A 32-bit Roaring bitmap in the portable format: sorted arrays, bitsets above 4096 values, or runs."""
    containers = {}
    for value in sorted(values):
        containers.setdefault(value >> 16, []).append(value & 0xFFFF)
    header, bodies = b"", []
    for key, low in containers.items():
        header += struct.pack("<HH", key, len(low) - 1)
        if runs:
            spans = []
            for value in low:
                if spans and spans[-1][0] + spans[-1][1] + 1 == value:
                    spans[-1][1] += 1
                else:
                    spans.append([value, 0])
            bodies.append(struct.pack("<H", len(spans)) + b"".join(struct.pack("<HH", *span) for span in spans))
        elif len(low) <= 4096:
            bodies.append(b"".join(struct.pack("<H", value) for value in low))
        else:
            bits = bytearray(8192)
            for value in low:
                bits[value >> 3] |= 1 << (value & 7)
            bodies.append(bytes(bits))
    count = len(containers)
    if runs:
        start = struct.pack("<I", 12347 | (count - 1) << 16) + (2**count - 1).to_bytes((count + 7) // 8, "little") + header
        offsets = count >= 4
    else:
        start, offsets = struct.pack("<II", 12346, count) + header, True
    place, table = len(start) + (4 * count if offsets else 0), b""
    for body in bodies:
        table += struct.pack("<I", place)
        place += len(body)
    return start + (table if offsets else b"") + b"".join(bodies)


def roaring_array(rows, runs=False):
    """A RoaringBitmapArray: the magic number, then a bitmap for every value of the upper 32 bits."""
    parts = {}
    for row in rows:
        parts.setdefault(row >> 32, []).append(row & 0xFFFFFFFF)
    data = struct.pack("<IQ", 1681511377, len(parts))
    for key in sorted(parts):
        data += struct.pack("<I", key) + roaring(parts[key], runs)
    return data


class Table:
    """A table below `root`, and what the next commit has."""

    def __init__(self, root, schema, partition=(), configuration=None, reader=(), writer=()):
        self.root, self.version, self.commit, self.adds = Path(root), 0, [], {}
        (self.root / "_delta_log").mkdir(parents=True)
        features = sorted(set(writer) | set(reader))
        self.protocol = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": sorted(reader), "writerFeatures": features}
        if not features:
            self.protocol = {"minReaderVersion": 1, "minWriterVersion": 2}
        self.metadata = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(root))),
            "format": {"provider": "parquet", "options": {}},
            "schemaString": json.dumps({"type": "struct", "fields": schema}),
            "partitionColumns": list(partition),
            "configuration": configuration or {},
            "createdTime": 1700000000000,
        }
        self.commit = [{"protocol": self.protocol}, {"metaData": self.metadata}]

    def write(self, rows, name=None, partition=None, stats=True, row_group=None, **more):
        """Adds a file with the rows of an Arrow table."""
        name = name or "part-%05d.parquet" % len(list(self.root.glob("*.parquet")))
        pyarrow.parquet.write_table(rows, self.root / name, row_group_size=row_group)
        add = {
            "path": name,
            "partitionValues": partition or {},
            "size": (self.root / name).stat().st_size,
            "modificationTime": 1700000000000,
            "dataChange": True,
        }
        if stats:
            add["stats"] = json.dumps({"numRecords": rows.num_rows, "tightBounds": True})
        add.update(more)
        self.add(add)
        return add

    def add(self, add):
        self.adds[add["path"]] = add
        self.commit.append({"add": add})

    def remove(self, add):
        gone = {k: add[k] for k in ("path", "partitionValues", "size", "deletionVector") if k in add}
        self.adds.pop(add["path"], None)
        self.commit.append({"remove": {**gone, "deletionTimestamp": 1700000000001, "dataChange": True, "extendedFileMetadata": True}})

    def vector(self, add, rows, kind="u", runs=False, prefix="", before=b"", data=None, checksum=None):
        """Replaces a file by itself with a deletion vector: inline (`i`), in a file of the table (`u`) or by a path (`p`)."""
        if {"add": add} in self.commit:
            # A file is named once in a commit.
            self.commit.remove({"add": add})
        else:
            self.remove(add)
        data = roaring_array(rows, runs) if data is None else data
        descriptor = {"storageType": kind, "sizeInBytes": len(data), "cardinality": len(rows)}
        if kind == "i":
            descriptor["pathOrInlineDv"] = z85(data)
        else:
            name = uuid.uuid5(uuid.NAMESPACE_URL, "%s %s %d" % (self.root, add["path"], self.version))
            path = self.root / prefix / ("deletion_vector_%s.bin" % name)
            path.parent.mkdir(exist_ok=True)
            checksum = zlib.crc32(data) if checksum is None else checksum
            start = b"\x01" + before
            path.write_bytes(start + struct.pack(">I", len(data)) + data + struct.pack(">I", checksum))
            descriptor["offset"] = len(start)
            descriptor["pathOrInlineDv"] = prefix + z85(name.bytes) if kind == "u" else path.as_uri()
        stats = json.loads(add.get("stats", "{}"))
        changed = {**add, "deletionVector": descriptor}
        if stats:
            changed["stats"] = json.dumps({**stats, "tightBounds": False})
        self.add(changed)
        return changed

    def done(self, operation="WRITE", **more):
        """Commits."""
        info = {**more, "timestamp": 1700000000000 + 1000 * self.version, "operation": operation, "operationParameters": {}}
        lines = [{"commitInfo": info}] + self.commit
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (self.root / "_delta_log" / ("%020d.json" % self.version)).write_text(text)
        self.version, self.commit = self.version + 1, []

    def checkpoint_v2(self, form="json"):
        """A checkpoint whose files are in a sidecar, in place of all commits before it."""
        log, version = self.root / "_delta_log", self.version - 1
        (log / "_sidecars").mkdir(exist_ok=True)
        sidecar = "%s.parquet" % uuid.uuid5(uuid.NAMESPACE_URL, "%s sidecar" % self.root)
        add = pyarrow.struct(
            [
                ("path", pyarrow.string()),
                ("partitionValues", pyarrow.map_(pyarrow.string(), pyarrow.string())),
                ("size", pyarrow.int64()),
                ("modificationTime", pyarrow.int64()),
                ("dataChange", pyarrow.bool_()),
                ("stats", pyarrow.string()),
            ]
        )
        rows = [{**a, "partitionValues": list(a["partitionValues"].items())} for a in self.adds.values()]
        pyarrow.parquet.write_table(pyarrow.table({"add": pyarrow.array(rows, add)}), log / "_sidecars" / sidecar)
        size = (log / "_sidecars" / sidecar).stat().st_size
        actions = [
            {"checkpointMetadata": {"version": version}},
            {"protocol": self.protocol},
            {"metaData": self.metadata},
            {"sidecar": {"path": sidecar, "sizeInBytes": size, "modificationTime": 1700000000000}},
        ]
        name = "%020d.checkpoint.%s.json" % (version, uuid.uuid5(uuid.NAMESPACE_URL, str(self.root)))
        (log / name).write_text("".join(json.dumps(action) + "\n" for action in actions))
        last = {"version": version, "size": len(actions), "v2Checkpoint": {"path": name}}
        (log / "_last_checkpoint").write_text(json.dumps(last))
        for old in range(version):
            (log / ("%020d.json" % old)).unlink()
