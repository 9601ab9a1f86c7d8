"""The folder of secrets that docker-compose.yml asks for: made once, and never written over."""

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cli.words import Words
from sealing.keys import new_key
from workers.clock import real_now

# Whoever may enter the folder may read them, and containers' users, whom each is shown one by one.
_FOLDER_MODE, _FILE_MODE = 0o700, 0o444
_PASSWORD_BYTES, _KEY_BYTES = 24, 32
_TRIAL = timedelta(days=90)
_DATABASE, _PASSWORD = "rettidig_database_url", "postgres_password"
_CERTIFICATE, _KEY = "tls_certificate.pem", "tls_key.pem"
FILLED_BY_HAND = (
    "rettidig_oidc_client_secret",
    "rettidig_smtp_password",
    "rettidig_temporal_api_key",
)


async def fill(folder: Path, host: str, say: Words) -> int:
    """*host* is the name in a certificate for a trial, which browsers warn of.

    Raises FileExistsError when *folder* is a file.
    """
    made = _fill(folder, host)
    print(say("secrets-made", folder=folder, names=", ".join(made) or "-"))
    if _CERTIFICATE in made:
        print(say("secrets-certificate", host=host))
    return 0


def _fill(folder: Path, host: str) -> list[str]:
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(_FOLDER_MODE)
    return [name for name, make in _makers(folder, host).items() if _make(folder / name, make)]


def _make(path: Path, make: Callable[[], str]) -> bool:
    """Whether it was made now: no reader ever finds half of it, and no old one is lost."""
    if path.exists():
        return False
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(make())
    new.chmod(_FILE_MODE)
    new.rename(path)
    return True


def _makers(folder: Path, host: str) -> Mapping[str, Callable[[], str]]:
    """In this order: the database's address holds the password, and a certificate its key."""
    return {
        **dict.fromkeys((_PASSWORD, "temporal_password"), _password),
        _DATABASE: lambda: _address((folder / _PASSWORD).read_text().strip()),
        "rettidig_lookup_key": lambda: secrets.token_hex(_KEY_BYTES),
        "rettidig_payload_keys": lambda: new_key("first"),
        "rettidig_record_keys": lambda: new_key("first"),
        _KEY: _private_key,
        _CERTIFICATE: lambda: _certificate((folder / _KEY).read_bytes(), host),
        **dict.fromkeys(FILLED_BY_HAND, str),
    }


def _password() -> str:
    return secrets.token_hex(_PASSWORD_BYTES)


def _address(password: str) -> str:
    return f"postgresql://rettidig:{password}@postgres/rettidig"


def _private_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _certificate(key: bytes, host: str) -> str:
    """Signed by nobody but itself."""
    signer = serialization.load_pem_private_key(key, password=None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey), "a key of another kind lies there"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = real_now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(signer.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _TRIAL)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
