"""The cookies that say who a browser is: never to be read by a script, nor sent in the clear."""

from fastapi import Request, Response

from api.house import House

_HOST_ONLY = "__Host-"
SESSION, BROWSER = "rettidig", "rettidig-browser"
"""Who is signed in; and which browser has begun to sign in."""


def read_cookie(request: Request, house: House, name: str) -> str | None:
    return request.cookies.get(_full(request, house, name))


def set_cookie(
    request: Request, house: House, answer: Response, name: str, value: str, seconds: int | None
) -> None:
    """*seconds* None: until the browser is closed.

    Lax, because people come back to us from the provider's pages; what changes something is
    guarded by a token besides.
    """
    answer.set_cookie(
        _full(request, house, name),
        value,
        max_age=seconds,
        path="/",
        secure=house.door.is_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, house: House, answer: Response, name: str) -> None:
    set_cookie(request, house, answer, name, "", 0)


def _full(request: Request, house: House, name: str) -> str:
    """Browsers take `__Host-` only over https, and then from nobody but this host."""
    return f"{_HOST_ONLY}{name}" if house.door.is_secure(request) else name
