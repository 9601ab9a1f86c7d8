"""Those who collect flaws, on loopback: what OSV answers pip-audit, and a registry answers npm."""

import gzip
import json
import re
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

OSV = "/v1/query"
PACKAGE = re.compile(r"/pypi/([^/]+)/([^/]+)/json")
NPM = "/-/npm/v1/security/advisories/bulk"


@dataclass
class AdvisoryService:
    """Knows of the *flaws* it is given, by the package's name, and remembers what it was asked."""

    url: str = ""
    python_flaws: dict = field(default_factory=dict)
    npm_flaws: dict = field(default_factory=dict)
    unheard: frozenset = frozenset()
    status: HTTPStatus = HTTPStatus.OK
    asked: set = field(default_factory=set)

    def answer(self, path, question):
        if path == NPM:
            self.asked |= {(name, v) for name, versions in question.items() for v in versions}
            return {name: [flaw] for name, flaw in self.npm_flaws.items() if name in question}
        package = question["package"]
        self.asked.add((package["name"], question["version"]))
        flaw = self.python_flaws.get(package["name"])
        return {"vulns": [flaw]} if flaw else {}

    def answer_of_pip_audits_own(self, path):
        """Nothing where it is asked about what it has not heard of, or about anything else."""
        asked = PACKAGE.fullmatch(path)
        if asked is None or asked[1] in self.unheard:
            return None
        self.asked.add((asked[1], asked[2]))
        return {"vulnerabilities": []}


@contextmanager
def advisory_service(authority):
    """Also the way to the world: whatever host is asked for through it, it is that host.

    *authority* signs its certificates for them.
    """
    service = AdvisoryService()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = (
            -1
        )  # An answer leaves as one, else its second half waits for a word of the first.

        def do_CONNECT(self):
            self.send_response(HTTPStatus.OK)
            self.end_headers()
            self.wfile.flush()
            self.close_connection = False
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(self.path.partition(":")[0]).configure_cert(context)
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb")

        def do_GET(self):
            answer = service.answer_of_pip_audits_own(self.path)
            if answer is None:
                self.send_error(HTTPStatus.NOT_FOUND)
            else:
                self.tell(answer)

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            self.tell(service.answer(self.path, json.loads(body)))

        def tell(self, what):
            answer = json.dumps(what).encode()
            self.send_response(service.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        service.url = f"http://127.0.0.1:{server.server_port}"
        yield service
        server.shutdown()


def an_osv_flaw(package, *, fixed):
    return {
        "id": "PYSEC-2026-1",
        "aliases": ["CVE-2026-0001"],
        "summary": "Lets strangers in.",
        "affected": [
            {
                "package": {"name": package, "ecosystem": "PyPI"},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}
                ],
            }
        ],
    }


def an_npm_flaw(*, vulnerable):
    return {
        "id": 1,
        "url": "https://advisories.example/GHSA-xxxx-yyyy-zzzz",
        "title": "Runs what it is sent.",
        "severity": "high",
        "vulnerable_versions": vulnerable,
        "cwe": [],
        "cvss": {"score": 0, "vectorString": None},
    }
