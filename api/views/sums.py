"""Claims and kroner, counted together, as clients see them."""

from persistence.sums import Sum


def amounts(total: Sum) -> dict[str, int]:
    return {"claims": total.claims, "balance_ore": total.ore}
