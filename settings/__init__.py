"""What an operator may set, from the environment or from a secret."""

import json
import os
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.authority import Role
from domain.errors import Fault, Invalid
from sealing.keys import KeyRing

_PREFIX = "RETTIDIG_"
# One file a secret: where containers find theirs, or whoever starts us without them has put them.
_SECRETS = Path(os.environ.get(_PREFIX + "SECRETS_FOLDER", "/run/secrets"))  # noqa: TID251 - it is asked here
_POST_SANDBOX = "http://127.0.0.1:"
_ON_THIS_MACHINE = {("http", "127.0.0.1"), ("http", "localhost")}
_ROLES = tuple(role.value for role in Role)
_POSTGRESQL = ("postgresql+asyncpg://", "postgresql://", "postgres://")


class Settings(BaseSettings):
    """One field is one variable: ``RETTIDIG_`` and its name, or a secret's file of that name.

    Without a `database_url` the house runs a PostgreSQL of its own in `state_folder`.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, populate_by_name=True)

    database_url: str | None = Field(default=None, repr=False)  # It may hold a password.
    database_pool_size: int = Field(default=8, ge=1, le=200)
    database_patience_seconds: float = Field(default=120, ge=1, le=3600)
    """Without an answer for so long, a connection is given up as dead."""
    lookup_key: str | None = Field(default=None, repr=False, min_length=16)
    """What CPR and CVR numbers are hashed with, so that people are found by them."""
    state_folder: Path = Path("state")
    policy: str = "skanderborg"
    inbox: Path | None = None
    """A folder whose files are read; without it files come by command and upload only."""
    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8600, ge=1, le=65535)
    trusted_proxies: str | None = None
    """Addresses or networks, with commas, that are believed when they say whom they ask for."""
    heartbeat: Path | None = None
    """A file that a worker or a relay touches as long as it can work."""
    temporal_address: str = Field(
        default="127.0.0.1:7233",
        validation_alias=AliasChoices(_PREFIX + "TEMPORAL_ADDRESS", "TEMPORAL_ADDRESS"),
    )
    temporal_namespace: str = Field(
        default="default",
        validation_alias=AliasChoices(_PREFIX + "TEMPORAL_NAMESPACE", "TEMPORAL_NAMESPACE"),
    )
    temporal_api_key: str | None = Field(default=None, repr=False)
    """What Temporal Cloud knows us by, where it is not a client's certificate."""
    worker_metrics: str | None = Field(default=None, pattern=r"^[^/:]+:[0-9]{2,5}$")
    """Where a worker tells how it fares, as HOST:PORT."""
    payload_keys: str | None = Field(default=None, repr=False)
    """What Temporal keeps of us is sealed with; the first key seals, all of them open."""
    record_keys: str | None = Field(default=None, repr=False)
    """What CPR and CVR numbers are sealed with in the tables; as `payload_keys`. Comes after
    `lookup_key`, without which nobody would be found again."""
    temporal_ui: str | None = Field(default=None, pattern="^https?://[^/]")
    """The address of Temporal's own pages; with it a claim's page leads to its execution."""
    post_queue: str | None = None
    post_cvr: str | None = Field(default=None, pattern="^[0-9]{8}$")
    post_print_type: int | None = None
    post_certificate: Path | None = None
    post_platform: str | None = None
    """Comes after the others, without which it is of no use."""
    public_url: str | None = None
    """Under which browsers reach the pages: https, or this machine."""
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = Field(default=None, repr=False)
    oidc_issuer: str | None = None
    """Whoever says who people are. Comes after the others, without which it is of no use."""
    oidc_scope: str = "openid profile email"
    oidc_role_claim: str = "role"
    oidc_department_claim: str = "department"
    oidc_name_claim: str = "name"
    oidc_team_claim: str = "team"
    oidc_roles: Annotated[dict[str, str], NoDecode] = Field(default_factory=dict)
    """The provider's words for roles, such as names of groups, each with ours."""
    session_idle_minutes: int = Field(default=30, ge=1, le=24 * 60)
    session_hours: int = Field(default=10, ge=1, le=7 * 24)
    sign_ins_a_minute: int = Field(default=60, ge=1)
    writes_a_minute: int = Field(default=6000, ge=1)
    begins_a_second: int = Field(default=25, ge=1)
    """How many stories of one file at most take their first step in a second."""
    spread_minutes: int | None = Field(default=None, ge=10, le=450)
    """Over how much of the night the turns of a day are spread: until the post opens at most."""
    mail_from: str | None = Field(default=None, pattern="^[^@ <>]+@[^@ <>]+$")
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: str | None = Field(default=None, repr=False)
    smtp_host: str | None = None
    """Through which server people are mailed. Comes after the others, which it needs."""
    webhooks_on_this_machine: bool = False
    """For a sandbox: other systems may be told at http://127.0.0.1 too."""
    traces: str | None = Field(default=None, pattern="^https?://[^/]+/")
    """Where traces are told: an OTLP collector's address over HTTP, path included."""
    traces_share: float = Field(default=1.0, ge=0, le=1)
    """Of the traces that begin here, how many are told."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("database_url")
    @classmethod
    def _speaks_asyncpg(cls, url: str | None) -> str | None:
        """Operators write what their database's console shows; the one driver we have is added."""
        if not url:
            return None
        for scheme in _POSTGRESQL:
            if url.startswith(scheme):
                return _POSTGRESQL[0] + url.removeprefix(scheme)
        msg = "must begin with postgresql://"
        raise ValueError(msg)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, proxies: str | None) -> str | None:
        for proxy in (proxies or "").split(",") if proxies else ():
            if ip_network(proxy.strip(), strict=False).prefixlen == 0:
                msg = "must be addresses or networks with commas, and not all there are"
                raise ValueError(msg)
        return proxies or None

    @field_validator("oidc_client_secret", "smtp_password", "temporal_api_key")
    @classmethod
    def _may_be_an_empty_file(cls, secret: str | None) -> str | None:
        return secret or None

    @field_validator("payload_keys", "record_keys")
    @classmethod
    def _is_a_ring(cls, keys: str | None) -> str | None:
        if keys:
            KeyRing.read(keys)
        return keys or None

    @field_validator("record_keys")
    @classmethod
    def _finds_what_it_seals(cls, keys: str | None, info: ValidationInfo) -> str | None:
        if keys and not info.data.get("lookup_key"):
            msg = f"needs {_PREFIX}LOOKUP_KEY"
            raise ValueError(msg)
        return keys

    @field_validator("public_url", "oidc_issuer")
    @classmethod
    def _is_not_overheard(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme != "https" and (parts.scheme, parts.hostname) not in _ON_THIS_MACHINE:
            msg = "must be https, or http://127.0.0.1:PORT"
            raise ValueError(msg)
        return url.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _can_send_people_back(cls, issuer: str | None, info: ValidationInfo) -> str | None:
        needed = ("public_url", "oidc_client_id")
        if issuer and (missing := [name for name in needed if not info.data.get(name)]):
            msg = "needs " + ", ".join(_PREFIX + name.upper() for name in missing)
            raise ValueError(msg)
        return issuer

    @field_validator("smtp_host")
    @classmethod
    def _mails_are_not_overheard(cls, host: str | None, info: ValidationInfo) -> str | None:
        if not host:
            return None
        if missing := [name for name in ("public_url", "mail_from") if not info.data.get(name)]:
            msg = "needs " + ", ".join(_PREFIX + name.upper() for name in missing)
            raise ValueError(msg)
        is_here = host in {name for _, name in _ON_THIS_MACHINE}
        if info.data.get("smtp_security") == "none" and not is_here:
            msg = "must be on this machine, or RETTIDIG_SMTP_SECURITY starttls or tls"
            raise ValueError(msg)
        return host

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _are_roles_of_ours(cls, given: Any) -> Any:
        roles = json.loads(given) if isinstance(given, str) and given else given or {}
        if not isinstance(roles, dict) or any(word not in _ROLES for word in roles.values()):
            msg = 'must be JSON such as {"group": "caseworker"}, with roles of ours'
            raise ValueError(msg)
        return roles

    @field_validator("post_platform")
    @classmethod
    def _has_what_it_needs(cls, platform: str | None, info: ValidationInfo) -> str | None:
        """Letters leave this machine encrypted, to whom a certificate has made us known."""
        if not platform:
            return None
        port = platform.removeprefix(_POST_SANDBOX)
        is_sandbox = port != platform and port.isdecimal()
        if not is_sandbox and platform not in {"test", "production"}:
            msg = "must be test, production, or http://127.0.0.1:PORT of a sandbox"
            raise ValueError(msg)
        needed = ["post_queue", "post_cvr", "post_print_type"]
        needed += [] if is_sandbox else ["post_certificate"]
        if missing := [name for name in needed if not info.data.get(name)]:
            msg = "needs " + ", ".join(_PREFIX + name.upper() for name in missing)
            raise ValueError(msg)
        return platform

    @property
    def payload_ring(self) -> KeyRing | None:
        return KeyRing.read(self.payload_keys) if self.payload_keys else None

    @property
    def record_ring(self) -> KeyRing | None:
        return KeyRing.read(self.record_keys) if self.record_keys else None


@lru_cache
def settings() -> Settings:
    """Raises Invalid; its message names the variables and never their values."""
    secrets: dict[str, Any] = {"_secrets_dir": _SECRETS} if _SECRETS.is_dir() else {}
    try:
        return Settings(**secrets)
    except ValidationError as wrong:
        raise Invalid(*(_fault(error["loc"], error["msg"]) for error in wrong.errors())) from None


def _fault(location: tuple[int | str, ...], reason: str) -> Fault:
    name = str(location[0]).upper()
    variable = name if name.startswith((_PREFIX, "TEMPORAL_")) else _PREFIX + name
    return Fault(variable, reason.removeprefix("Value error, "))
