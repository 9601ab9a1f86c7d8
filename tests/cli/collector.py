"""A collector of traces on this machine, as OpenTelemetry's protocol over HTTP asks for."""

import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}/v1/traces"
        self.raw, self.spans = b"", []

    def take(self, body):
        self.raw += body
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            process = next(
                one.value.string_value
                for one in group.resource.attributes
                if one.key == "service.name"
            )
            for scope in group.scope_spans:
                self.spans += [(process, span) for span in scope.spans]

    def tree(self, trace):
        """Of one trace: name, process and the parent's id, by the span's id."""
        return {
            span.span_id: (span.name, process, span.parent_span_id)
            for process, span in self.spans
            if span.trace_id.hex() == trace
        }


@contextmanager
def collecting():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_packed = self.headers.get("Content-Encoding") == "gzip"
            collector.take(gzip.decompress(body) if is_packed else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
