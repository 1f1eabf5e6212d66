"""A store in memory that follows the reference of Google Cloud Storage's XML API, as far as a client of Delta tables uses it.

Objects with generations, conditions on them (`x-goog-if-generation-match`), ranges, listing, uploads in parts. The emulators that are
packages know neither the conditions nor this way of listing.
"""

import datetime
import hashlib
import http.server
import threading
import urllib.parse
from xml.etree import ElementTree
from xml.sax.saxutils import escape


class Store(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # So many keys at most in one answer, so that a client must ask again.
    PAGE = 50

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.objects, self.uploads = {}, {}
        self.generation, self.started, self.lock = 1, 0, threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def endpoint(self):
        return "http://127.0.0.1:%d" % self.server_port

    def put(self, key, body, condition):
        """The new object, or none if the condition does not hold."""
        with self.lock:
            there = self.objects[key]["generation"] if key in self.objects else 0
            if condition is not None and int(condition) != there:
                return None
            self.generation += 1
            now = datetime.datetime.now(datetime.timezone.utc)
            etag = '"%s"' % hashlib.md5(body).hexdigest()
            self.objects[key] = {"body": body, "generation": self.generation, "etag": etag, "time": now}
            return self.objects[key]

    def names(self, prefix):
        with self.lock:
            return sorted(name for bucket, name in self.objects if name.startswith(prefix))


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def asked(self):
        parts = urllib.parse.urlsplit(self.path)
        bucket, _, name = urllib.parse.unquote(parts.path[1:]).partition("/")
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return (bucket, name), query, body

    def answer(self, status, body=b"", found=None, headers=()):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for key, value in headers:
            self.send_header(key, value)
        if found:
            self.send_header("ETag", found["etag"])
            self.send_header("x-goog-generation", str(found["generation"]))
            self.send_header("Last-Modified", found["time"].strftime("%a, %d %b %Y %H:%M:%S GMT"))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code):
        self.answer(status, b"<Error><Code>%s</Code></Error>" % code.encode())

    def do_GET(self):
        key, query, _ = self.asked()
        if not key[1]:
            return self.list(key[0], query)
        with self.server.lock:
            found = self.server.objects.get(key)
        if not found:
            return self.error(404, "NoSuchKey")
        body, span = found["body"], self.headers.get("Range")
        if not span:
            return self.answer(200, body, found)
        first, _, last = span.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(len(body) - int(last), 0)
        end = min(int(last) + 1 if first and last else len(body), len(body))
        if start >= len(body):
            return self.error(416, "InvalidRange")
        return self.answer(206, body[start:end], found, [("Content-Range", "bytes %d-%d/%d" % (start, end - 1, len(body)))])

    do_HEAD = do_GET

    def list(self, bucket, query):
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
        after = max(query.get("start-after", ""), query.get("continuation-token", ""))
        rows, seen = [], []
        with self.server.lock:
            objects = {name: o for (where, name), o in self.server.objects.items() if where == bucket}
        for name in sorted(objects):
            rest = name.removeprefix(prefix)
            if not name.startswith(prefix) or name <= after:
                continue
            if len(rows) == self.server.PAGE:
                rows.append("<NextContinuationToken>%s</NextContinuationToken>" % escape(seen[-1]))
                break
            if delimiter and delimiter in rest:
                folder = prefix + rest.split(delimiter)[0] + delimiter
                # What is after the token and in a folder that was given is not given again.
                row = "" if after.startswith(folder) else "<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>" % escape(folder)
                if not row or row in rows:
                    continue
            else:
                o = objects[name]
                row = "<Contents><Key>%s</Key><Size>%d</Size><LastModified>%s</LastModified><ETag>%s</ETag></Contents>" % (
                    escape(name), len(o["body"]), o["time"].strftime("%Y-%m-%dT%H:%M:%S.%fZ"), escape(o["etag"]))
            rows.append(row)
            seen.append(name)
        self.answer(200, ("<ListBucketResult>%s</ListBucketResult>" % "".join(rows)).encode())

    def do_PUT(self):
        key, query, body = self.asked()
        if "uploadId" in query:
            with self.server.lock:
                parts = self.server.uploads.get(query["uploadId"])
                if parts is not None:
                    parts[int(query["partNumber"])] = body
            if parts is None:
                return self.error(404, "NoSuchUpload")
            return self.answer(200, headers=[("ETag", '"%s"' % hashlib.md5(body).hexdigest())])
        if "x-goog-copy-source" in self.headers:
            bucket, _, name = urllib.parse.unquote(self.headers["x-goog-copy-source"]).strip("/").partition("/")
            with self.server.lock:
                source = self.server.objects.get((bucket, name))
            if not source:
                return self.error(404, "NoSuchKey")
            body = source["body"]
        found = self.server.put(key, body, self.headers.get("x-goog-if-generation-match"))
        return self.answer(200, found=found) if found else self.error(412, "PreconditionFailed")

    def do_POST(self):
        key, query, body = self.asked()
        if "uploads" in query:
            with self.server.lock:
                self.server.started += 1
                upload = "u%d" % self.server.started
                self.server.uploads[upload] = {}
            return self.answer(200, b"<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>" % upload.encode())
        with self.server.lock:
            parts = self.server.uploads.pop(query["uploadId"], None)
        if parts is None:
            return self.error(404, "NoSuchUpload")
        numbers = [int(n.text) for n in ElementTree.fromstring(body).iter() if n.tag.lower().endswith("partnumber")]
        found = self.server.put(key, b"".join(parts[n] for n in numbers), None)
        text = "<CompleteMultipartUploadResult><ETag>%s</ETag></CompleteMultipartUploadResult>" % escape(found["etag"])
        return self.answer(200, text.encode(), found)

    def do_DELETE(self):
        key, query, _ = self.asked()
        with self.server.lock:
            gone = self.server.uploads.pop(query["uploadId"], None) if "uploadId" in query else self.server.objects.pop(key, None)
        return self.answer(204) if gone is not None else self.error(404, "NoSuchKey")
