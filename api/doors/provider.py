"""The provider of sign-ins: OpenID Connect's code flow with PKCE, state and nonce, by authlib."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError

from api.doors.identity import ClaimNames
from domain.errors import RettidigError, Unavailable

_SKEW_SECONDS = 120
_TIMEOUT_SECONDS = 10
_OF_TIME = {"exp", "iat", "nbf"}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# What a stranger could sign, or anyone who knows our secret, is no signature of the provider's.
_NO_SIGNATURES = ("none", "HS")


class ProviderAway(Unavailable):
    """The provider of sign-ins does not answer, or answers nonsense."""


class SignInRefused(RettidigError):
    """What the provider sent is not what we asked for, or it did not let the person in."""


class ClocksDiffer(SignInRefused):
    """What the provider sent is valid at another time than ours."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """*issuer* is https, or on this machine."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scope: str = "openid profile email"
    names: ClaimNames = field(default_factory=ClaimNames)


@dataclass(frozen=True, slots=True)
class WayOut:
    """To the provider's page, and what must be known of it when someone comes back."""

    address: str
    state: str
    nonce: str
    code_verifier: str


class Provider:
    def __init__(self, chosen: ProviderSettings) -> None:
        self.names, self._issuer = chosen.names, chosen.issuer.rstrip("/")
        is_here = urlsplit(self._issuer).hostname in _LOOPBACK
        self._app = OAuth().register(
            "provider",
            client_id=chosen.client_id,
            client_secret=chosen.client_secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": chosen.scope,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": None if chosen.client_secret else "none",
                "timeout": _TIMEOUT_SECONDS,
                "trust_env": not is_here,  # a proxy does not find what is on this machine
            },
        )

    async def way_out(self, back_to: str, hint: str | None, language: str) -> WayOut:
        """Raises ProviderAway."""
        wish = {"ui_locales": language} | ({"login_hint": hint} if hint else {})
        async with _as_ours():
            await self._metadata()
            made = await self._app.create_authorization_url(back_to, **wish)
        return WayOut(made["url"], made["state"], made["nonce"], made["code_verifier"])

    async def claims(
        self, code: str, back_to: str, nonce: str, code_verifier: str
    ) -> Mapping[str, Any]:
        """What the provider says of whoever brought *code*.

        Raises ProviderAway, SignInRefused, ClocksDiffer.
        """
        async with _as_ours():
            metadata = await self._metadata()
            token = await self._app.fetch_access_token(
                back_to, code=code, code_verifier=code_verifier
            )
            claims_options = {
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": self._app.client_id},
            }
            said = await self._app.parse_id_token(
                token, nonce, claims_options=claims_options, leeway=_SKEW_SECONDS
            )
            if said is None:
                raise SignInRefused("no id token")
            return await self._with_more(dict(said), token, metadata)

    async def _with_more(
        self, said: dict[str, Any], token: Any, metadata: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Some providers tell more when asked again."""
        if self.names.role in said or "userinfo_endpoint" not in metadata:
            return said
        more = dict(await self._app.userinfo(token=token))
        if more.get("sub") != said["sub"]:
            raise SignInRefused("told of somebody else")
        return more | said

    async def _metadata(self) -> Mapping[str, Any]:
        metadata: dict[str, Any] = await self._app.load_server_metadata()
        if metadata.get("issuer", "").rstrip("/") != self._issuer:
            raise ProviderAway("is not the issuer it should be")
        kinds = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [
            kind for kind in kinds if not str(kind).startswith(_NO_SIGNATURES)
        ]
        return metadata


@asynccontextmanager
async def _as_ours() -> AsyncIterator[None]:
    """What a provider can do wrong, sorted by whose turn it is; its words go into no message."""
    try:
        yield
    except ExpiredTokenError as error:
        raise ClocksDiffer("exp") from error
    except InvalidClaimError as error:
        kind = ClocksDiffer if getattr(error, "claim", None) in _OF_TIME else SignInRefused
        raise kind("claim") from error
    except (AuthlibBaseError, JoseError) as error:
        raise SignInRefused(type(error).__name__) from error
    except HTTPError as error:
        raise ProviderAway(type(error).__name__) from error
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ProviderAway(f"unreadable: {type(error).__name__}") from error
