"""Recording anew: ``RETTIDIG_RECORD=1 pytest tests/replay/test_recording.py``, before a release."""

from tests.stories.conftest import policy, town

__all__ = ["policy", "town"]
