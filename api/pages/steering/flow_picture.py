"""The flow of claims drawn: a box for each stage, an arrow for each way that was gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from domain.claim import Stage
from domain.steering.flow import Move

WIDTH, HEIGHT = 1180, 430
BOX_WIDTH, BOX_HEIGHT = 144, 78
_STEP, _FIRST, _THIN, _THICK = 171, 2, 1.5, 10.0
_MIDDLE = 170
# Column and height of each stage, as the story goes from left to right.
_PLACES: Mapping[Stage, tuple[int, int]] = {
    Stage.DEMAND: (0, _MIDDLE),
    Stage.REMINDER: (1, _MIDDLE),
    Stage.DIALOGUE: (2, _MIDDLE),
    Stage.AGREEMENT: (3, 20),
    Stage.ASSESSMENT: (3, _MIDDLE),
    Stage.WRITE_OFF: (4, 320),
    Stage.ENFORCEMENT: (4, _MIDDLE + 20),
    Stage.TRANSFER_NOTICE: (4, 90),
    Stage.TRANSFER: (5, 90),
    Stage.RECOVERY: (5, 210),
    Stage.ENDED: (6, _MIDDLE),
}


@dataclass(frozen=True, slots=True)
class Box:
    stage: Stage
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """*path* and *head* as SVG draws them; *width* grows with how many went that way."""

    move: Move
    path: str
    width: float


def boxes() -> tuple[Box, ...]:
    return tuple(Box(stage, *_corner(stage)) for stage in Stage)


def arrows(moves: Iterable[Move]) -> tuple[Arrow, ...]:
    """The way most claims went is the thickest; what is new has come along none of them."""
    gone = [move for move in moves if move.origin is not None and move.claims]
    most = max((move.claims for move in gone), default=1)
    ordered = sorted(gone, key=lambda move: -move.claims)
    return tuple(Arrow(move, _path(move), _width(move.claims / most)) for move in ordered)


def _width(part: float) -> float:
    return round(_THIN + (_THICK - _THIN) * sqrt(part), 1)


def _corner(stage: Stage) -> tuple[int, int]:
    column, height = _PLACES[stage]
    return _FIRST + column * _STEP, height


def _path(move: Move) -> str:
    """Onward from side to side; within a column from edge to edge; back below the boxes."""
    assert move.origin is not None
    (from_x, from_y), (to_x, to_y) = _corner(move.origin), _corner(move.goal)
    if from_x == to_x:
        return _upright(from_x + BOX_WIDTH // 2, from_y, to_y)
    if from_x < to_x:
        return _onward(from_x + BOX_WIDTH, from_y + BOX_HEIGHT // 2, to_x, to_y + BOX_HEIGHT // 2)
    return _back(from_x + BOX_WIDTH // 2, from_y, to_x + BOX_WIDTH // 2, to_y)


def _upright(x: int, from_y: int, to_y: int) -> str:
    if from_y < to_y:
        return f"M{x} {from_y + BOX_HEIGHT} L{x} {to_y}"
    return f"M{x} {from_y} L{x} {to_y + BOX_HEIGHT}"


def _onward(from_x: int, from_y: int, to_x: int, to_y: int) -> str:
    """What passes other boxes on its way bends round above or below them."""
    bend = (to_x - from_x) // 2
    if to_x - from_x <= _STEP:
        return f"M{from_x} {from_y} C{from_x + bend} {from_y} {to_x - bend} {to_y} {to_x} {to_y}"
    aside = HEIGHT - 8 if from_y >= _MIDDLE else 8
    lift = 40
    return f"M{from_x} {from_y} C{from_x + lift} {aside} {to_x - lift} {aside} {to_x} {to_y}"


def _back(from_x: int, from_y: int, to_x: int, to_y: int) -> str:
    below = max(from_y, to_y) + BOX_HEIGHT + 60
    start, end = from_y + BOX_HEIGHT, to_y + BOX_HEIGHT
    return f"M{from_x} {start} C{from_x} {below} {to_x} {below} {to_x} {end}"
