"""How a promise that is not kept everywhere yet stays a promise: its breaches stand in a list."""


def assert_only_known(found, known: dict[str, str]):
    """*known* names each breach with its reason; a list that forgives more than there is, lies."""
    new, mended = sorted(set(found) - known.keys()), sorted(known.keys() - set(found))
    assert not new, f"new breaches, mend them: {new}"
    assert not mended, f"mended; take them off the list in this file: {mended}"
