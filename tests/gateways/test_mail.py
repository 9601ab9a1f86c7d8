"""Mails leave over TLS, with a login, in words for both kinds of reader; and never in the clear."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from domain.errors import GatewayUnavailable
from gateways.mail.account import MailAccount
from gateways.mail.sandbox import MailBehaviour, SandboxMailServer
from gateways.mail.smtp import SmtpMailer, compose
from gateways.message_ports import Mail, MailAnswer, MailOutcome

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
MAIL = Mail(
    "mail-7", "anna@kommune.example", "rettidig: 1 ting venter på dig", "Én opgave\n",
    "<p>Én opgave</p>", "https://rettidig.example/notifications", AT,
)  # fmt: skip


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Of this machine, by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_a_mail_leaves_over_tls_with_a_login(tmp_path, certificate, server_tls):
    server = SandboxMailServer(tmp_path, ("rettidig", "hemmelig"))
    async with server.serving(server_tls) as account:
        assert account.security == "starttls"
        trusting = ssl.create_default_context(cafile=certificate)
        assert await SmtpMailer(account, trusting).send(MAIL) == MailAnswer(MailOutcome.TAKEN)
    [offer] = server.taken()
    assert offer.id == "<mail-7@kommune.invalid>"
    assert offer.body["plain"].strip() == "Én opgave"
    assert offer.body["html"].strip() == "<p>Én opgave</p>"


async def test_a_server_that_is_not_who_it_should_be_gets_nothing(tmp_path, server_tls):
    server = SandboxMailServer(tmp_path)
    async with server.serving(server_tls) as account:
        with pytest.raises(GatewayUnavailable):
            await SmtpMailer(account).send(MAIL)
    assert server.taken() == []


async def test_a_server_that_speaks_no_tls_gets_nothing(tmp_path):
    server = SandboxMailServer(tmp_path)
    async with server.serving() as account:
        strict = MailAccount(account.host, account.port, "starttls", account.sender)
        with pytest.raises(GatewayUnavailable):
            await SmtpMailer(strict).send(MAIL)
    assert server.taken() == []


async def test_a_login_that_is_refused_is_ours_to_mend_and_no_persons_fault(tmp_path):
    server = SandboxMailServer(tmp_path, ("rettidig", "hemmelig"))
    async with server.serving() as account:
        wrong = MailAccount(account.host, account.port, "none", account.sender, "rettidig", "gæt")
        with pytest.raises(GatewayUnavailable):
            await SmtpMailer(wrong).send(MAIL)
    assert server.taken() == []


async def test_what_is_refused_and_what_is_put_off_are_told_apart(tmp_path):
    server = SandboxMailServer(tmp_path)
    async with server.serving() as account:
        server.behave(MailBehaviour(refuses="anna"))
        assert (await SmtpMailer(account).send(MAIL)) == MailAnswer(MailOutcome.REFUSED, 550)
        server.behave(MailBehaviour(puts_off=1))
        assert (await SmtpMailer(account).send(MAIL)) == MailAnswer(MailOutcome.PUT_OFF, 451)
        assert (await SmtpMailer(account).send(MAIL)).outcome is MailOutcome.TAKEN


def test_the_same_mail_is_the_same_bytes():
    account = MailAccount("127.0.0.1", 25, "none", "rettidig@kommune.example")
    first, second = (bytes(compose(MAIL, account)) for _ in range(2))
    assert first == second
    assert b"List-Unsubscribe: <https://rettidig.example/notifications>" in first
    assert b"Auto-Submitted: auto-generated" in first
    assert b"hemmelig" not in repr(MailAccount("h", 25, "tls", "a@b", "u", "hemmelig")).encode()


def test_a_word_with_a_line_end_adds_no_header():
    account = MailAccount("127.0.0.1", 25, "none", "rettidig@kommune.example")
    with pytest.raises(ValueError, match="Header values"):
        compose(
            Mail("m", "a@b.example\nBcc: x@y.example", "x", "x", "x", "https://x.example", AT),
            account,
        )
