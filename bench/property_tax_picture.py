"""The picture of a property-tax day: what happens in each hour, all at once and in turn."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import vl_convert

_SHOWN = {"starts": "stories begun", "timers": "timers fired", "letters": "letters sent"}
_WIDE, _HIGH = 620, 90


def draw(plans: Mapping[str, Mapping[str, Counter[datetime]]], path: Path) -> None:
    rows = [
        {"plan": plan, "what": title, "hour": hour.isoformat(), "count": count}
        for plan, happenings in plans.items()
        for name, title in _SHOWN.items()
        for hour, count in sorted(happenings[name].items())
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(vl_convert.vegalite_to_svg(_spec(rows)))


def _spec(rows: list[dict[str, object]]) -> dict[str, object]:
    """Logarithmic, or the paced plan would lie on the floor."""
    scale = {"type": "symlog", "constant": 1000}
    titles = list(_SHOWN.values())
    return {
        "title": "2,000,000 claims of property tax: an hour's work, all at once and in turn",
        "data": {"values": rows},
        "mark": {"type": "bar", "width": 2, "opacity": 0.7},
        "width": _WIDE,
        "height": _HIGH,
        "encoding": {
            "x": {"field": "hour", "type": "temporal", "title": None},
            "y": {"field": "count", "type": "quantitative", "scale": scale, "title": "an hour"},
            "color": {"field": "plan", "type": "nominal", "title": None},
            "row": {"field": "what", "type": "nominal", "title": None, "sort": titles},
        },
    }
