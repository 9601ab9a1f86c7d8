"""What an operator may set, from the environment or from a secret."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from temporalio.envconfig import ClientConfig, ClientConnectConfig

from domain.errors import Fault, Invalid

_PREFIX = "RETTIDIG_"
_SECRETS = Path("/run/secrets")  # Where containers find theirs, one file a secret.
_POST_SANDBOX = "http://127.0.0.1:"
_POSTGRESQL = ("postgresql+asyncpg://", "postgresql://", "postgres://")


class Settings(BaseSettings):
    """One field is one variable: ``RETTIDIG_`` and its name, or a secret's file of that name.

    Without a `database_url` the house runs a PostgreSQL of its own in `state_folder`.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, populate_by_name=True)

    database_url: str | None = Field(default=None, repr=False)  # It may hold a password.
    database_pool_size: int = Field(default=8, ge=1, le=200)
    lookup_key: str | None = Field(default=None, repr=False, min_length=16)
    """What CPR and CVR numbers are hashed with, so that people are found by them."""
    state_folder: Path = Path("state")
    policy: str = "skanderborg"
    inbox: Path | None = None
    """A folder whose files are read; without it files come by command and upload only."""
    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8600, ge=1, le=65535)
    temporal_address: str = Field(
        default="127.0.0.1:7233",
        validation_alias=AliasChoices(_PREFIX + "TEMPORAL_ADDRESS", "TEMPORAL_ADDRESS"),
    )
    temporal_namespace: str = Field(
        default="default",
        validation_alias=AliasChoices(_PREFIX + "TEMPORAL_NAMESPACE", "TEMPORAL_NAMESPACE"),
    )
    temporal_ui: str | None = Field(default=None, pattern="^https?://[^/]")
    """The address of Temporal's own pages; with it a claim's page leads to its execution."""
    post_queue: str | None = None
    post_cvr: str | None = Field(default=None, pattern="^[0-9]{8}$")
    post_print_type: int | None = None
    post_certificate: Path | None = None
    post_platform: str | None = None
    """Comes after the others, without which it is of no use."""
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


@lru_cache
def settings() -> Settings:
    """Raises Invalid; its message names the variables and never their values."""
    secrets: dict[str, Any] = {"_secrets_dir": _SECRETS} if _SECRETS.is_dir() else {}
    try:
        return Settings(**secrets)
    except ValidationError as wrong:
        raise Invalid(*(_fault(error["loc"], error["msg"]) for error in wrong.errors())) from None


def temporal_connect_config(chosen: Settings | None = None) -> ClientConnectConfig:
    """How to reach Temporal, as arguments of ``Client.connect``.

    TLS, API key and headers come from Temporal's own ``TEMPORAL_*`` variables or its
    configuration file; its address and namespace too, unless they are set here.
    """
    chosen = chosen or settings()
    config = ClientConfig.load_client_connect_config()
    if "temporal_address" in chosen.model_fields_set or "target_host" not in config:
        config["target_host"] = chosen.temporal_address
    if "temporal_namespace" in chosen.model_fields_set or "namespace" not in config:
        config["namespace"] = chosen.temporal_namespace
    return config


def _fault(location: tuple[int | str, ...], reason: str) -> Fault:
    name = str(location[0]).upper()
    variable = name if name.startswith((_PREFIX, "TEMPORAL_")) else _PREFIX + name
    return Fault(variable, reason.removeprefix("Value error, "))
