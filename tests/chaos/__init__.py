"""Faults over real processes; what is found then is told in full."""

import pytest

pytest.register_assert_rewrite("tests.chaos.findings", "tests.chaos.town", "tests.chaos.people")
