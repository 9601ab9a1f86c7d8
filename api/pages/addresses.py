"""Addresses of pages: which are ours, and which one somebody is on or came from."""

from urllib.parse import urlsplit

from fastapi import Request

HOME = "/"
_READS = {"GET", "HEAD", "OPTIONS"}


def is_reading(request: Request) -> bool:
    return request.method in _READS


def inside(target: str) -> str:
    """*target* when it is a page of ours: nobody is led elsewhere by a link to our door."""
    is_ours = target.startswith("/") and not target.startswith("//") and target.isprintable()
    return target if is_ours and "\\" not in target else HOME


def came_from(request: Request) -> str:
    """The page of ours that a browser says it came from, for what cannot be opened by itself."""
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc != request.headers.get("host"):
        return HOME
    return inside(parts.path + (f"?{parts.query}" if parts.query else ""))


def page_of(request: Request) -> str:
    """The path of the page someone is on: an answer to a form is not one, its page is."""
    return request.url.path if is_reading(request) else came_from(request).partition("?")[0]
