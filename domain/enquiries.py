"""How citizens reach us with a question."""

from enum import StrEnum


class EnquiryChannel(StrEnum):
    CALL = "call"  # opkald
    MAIL = "mail"  # mail
    LETTER = "letter"  # brev, også i Digital Post
