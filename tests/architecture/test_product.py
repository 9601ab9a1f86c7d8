"""The repository speaks of the product alone, wherever it was written and wherever it runs."""

import re
from urllib.parse import urlsplit

import pytest

from tests.architecture.breaches import assert_only_known
from tests.architecture.tree import ROOT, files, modules

PLACES = re.compile(r"(?<![\w.*~-])/(?:work|root|home|Users|mnt|tmp/(?:plan|bash))/[\w.+-]+")
ADDRESSES = re.compile(r"(?:https?|git\+ssh)://[^\s\"'`<>)\]}]+")
HOSTS = {
    "127.0.0.1": "this machine",
    "www.w3.org": "the name of an XML namespace",
    "digitalpost.dk": "the name of an XML namespace",
    "scripts.sil.org": "the licence of the typeface",
    "entityid.kombit.dk": "the name of a service, for which a token is asked",
    "serviceplatformen.dk": "the name of an XML namespace",
    "docs.oasis-open.org": "the name of an XML namespace",
    "schemas.xmlsoap.org": "the name of an XML namespace",
    "skat.dk": "the name of an XML namespace",
    "json-schema.org": "the name of a schema",
    "keepachangelog.com": "the form of the changelog",
    "semver.org": "what the numbers of versions mean",
    "temporal.io": "what carries the stories",
    "www.conventionalcommits.org": "how a commit is told",
}
OVERLOOKED = {
    "cli/demo/answers.py": "PLR2004: shares of chance without a name",
    "servers/binaries.py": "S603: a program of our own choosing is run",
    "servers/system_user.py": "S603: a program of our own choosing is run",
    "servers/temporal.py": "S501: the server is on loopback and speaks no TLS",
}
REAL_TIME = {
    "workers/clock.py": "the edge itself",
}


def texts():
    for path in files():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_knows_the_machine_it_was_written_on():
    found = [f"{name}: {place}" for name, text in texts() for place in PLACES.findall(text)]
    assert found == []


def test_no_file_names_a_host_we_do_not_mean():
    """A registry, a mirror or a proxy of somebody's would make the build theirs."""
    found = [
        f"{name}: {address}"
        for name, text in texts()
        for address in ADDRESSES.findall(text)
        if not is_meant(address)
    ]
    assert found == []


def is_meant(address):
    host = urlsplit(address).hostname or ""
    is_filled_in = "{" in address or "$" in address or "%" in address
    is_nobodys = "." not in host or host.endswith((".example", ".invalid", ".test"))
    return host in HOSTS or is_filled_in or is_nobodys


@pytest.mark.parametrize("word", ["--index-url", "--extra-index-url", "--find-links", "://", " @ "])
def test_the_lock_says_what_and_never_where_from(word):
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert word not in lock
    assert lock.count("--hash=sha256:") > 100


def test_the_real_time_comes_in_at_the_edges_alone():
    asks = re.compile(r"\b(?:datetime|date)\.(?:now|utcnow|today)\(|\btime\.time\(")
    assert_only_known([m.name for m in modules() if asks.search(m.source)], REAL_TIME)


def test_what_a_checker_is_told_to_overlook_has_a_reason():
    silent = re.compile(r"#\s*(?:noqa: ?[A-Z0-9, ]+|type: ignore\[[\w, -]+\])\s*$", re.MULTILINE)
    blanket = re.compile(r"#\s*(?:noqa(?!:)|type: ignore(?!\[))")
    found = [m.name for m in modules() if silent.search(m.source) or blanket.search(m.source)]
    assert_only_known(found, OVERLOOKED)
