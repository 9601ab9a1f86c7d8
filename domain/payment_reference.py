"""The payment references of Danish payment slips (FIK)."""

from stdnum import luhn


def payment_reference(number: int) -> str:
    """The 15 digits of card type 71 for claim *number*; the last is the check digit."""
    digits = f"{number:014d}"
    return digits + luhn.calc_check_digit(digits)
