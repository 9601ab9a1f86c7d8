"""A program's token as it is asked for and given (RFC 6749, 4.4)."""

from typing import Literal

from pydantic import Field

from api.problems import Problem
from api.schemas.common import View


class TokenIssued(View):
    """To be sent as `Authorization: Bearer …` until it expires."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - OAuth's word for the kind
    expires_in: int = Field(description="Seconds.", examples=[3600])


class TokenProblem(Problem):
    """As any problem, with the word that RFC 6749 has for it."""

    error: Literal["invalid_client"]
