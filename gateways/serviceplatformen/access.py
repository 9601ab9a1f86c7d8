"""The keys to the platform: KOMBIT's own for its two environments, a sandbox's on this machine."""

from typing import Any

import requests
from python_serviceplatformen.authentication import (
    KombitAccess,
)

from gateways.serviceplatformen.account import TEST, Account

_TIMEOUT_SECONDS = 10


class SandboxAccess(KombitAccess):  # type: ignore[misc]  # its base has no types
    """The library knows only the addresses of KOMBIT; a sandbox answers all of them at one."""

    def __init__(self, account: Account) -> None:
        super().__init__(account.cvr, cert_path="", test=True)
        self.environment = account.platform
        self._session = requests.Session()
        self._session.trust_env = False  # A proxy is no way to this machine.
        self._tokens: dict[str, str] = {}

    def get_saml_token(self, entity_id: str) -> str:
        request = {
            "AnvenderKontekst": {"Cvr": self.cvr},
            "AppliesTo": {"EndpointReference": {"Address": entity_id}},
        }
        answer = self._post("runtime/api/rest/wstrust/v1/issue", json=request)
        return str(answer["RequestedSecurityToken"]["Assertion"])

    def get_access_token(self, entity_id: str) -> str:
        if entity_id not in self._tokens:
            form = {"saml-token": self.get_saml_token(entity_id)}
            answer = self._post("service/AccessTokenService_1/token", data=form)
            self._tokens[entity_id] = f"{answer['token_type']} {answer['access_token']}"
        return self._tokens[entity_id]

    def _post(self, path: str, **content: Any) -> dict[str, Any]:
        address = f"{self.environment}/{path}"
        answer = self._session.post(address, timeout=_TIMEOUT_SECONDS, **content)
        answer.raise_for_status()
        found = answer.json()
        if not isinstance(found, dict):
            raise TypeError("a token is an object")
        return found


def open_access(account: Account) -> KombitAccess:
    """Anew each time: nothing of an earlier one is remembered, so a token that was withdrawn goes.

    Its methods raise what `requests` raises, ValueError, KeyError, TypeError or OSError.
    """
    if account.is_at_a_sandbox:
        return SandboxAccess(account)
    return KombitAccess(account.cvr, str(account.certificate), test=account.platform == TEST)
