"""What text the platform's formats can bear."""

import re

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def on_one_line(text: str, longest: int) -> str:
    """*text* without what XML cannot hold, cut where it is too long."""
    return " ".join(_NOT_XML.sub("", text).split())[:longest].rstrip()
