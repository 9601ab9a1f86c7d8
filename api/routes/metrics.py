"""The figures that monitoring reads, in the form Prometheus made common."""

from collections.abc import Iterable, Sequence

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from typing_extensions import override

from api.dependencies import FigureReader, TheHouse
from api.house import House
from api.routes.describing import problems
from letters.catalogue import sentence
from reports.vital_signs import Sign, read_vital_signs

router = APIRouter(tags=["operation"])
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "rettidig"


class _Signs(Collector):
    def __init__(self, signs: Sequence[Sign]) -> None:
        self._signs = signs

    @override
    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name in dict.fromkeys(sign.name for sign in self._signs):
            ours = [sign for sign in self._signs if sign.name == name]
            help_text = sentence(f"metric-{name}", "en")
            family = GaugeMetricFamily(f"{_PREFIX}_{name}", help_text, labels=list(ours[0].of))
            for sign in ours:
                family.add_metric(list(sign.of.values()), sign.worth)
            yield family


@router.get(
    "/metrics",
    operation_id="readMetrics",
    response_class=Response,
    responses=problems() | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_metrics(request: Request, house: TheHouse, _: FigureReader) -> Response:
    """How the house is, and how its requests went, for monitoring; nobody is named in it.

    What stands in the tables is asked for once in some seconds, however many ask.
    """
    signs = await request.app.state.counts.get("vital-signs", lambda: _read(house))
    registry = CollectorRegistry()
    registry.register(_Signs(signs))
    told = generate_latest(registry) + generate_latest(request.app.state.gauges.registry)
    return Response(told, media_type=_TEXT)


async def _read(house: House) -> Sequence[Sign]:
    async with house.database.transaction() as connection:
        return await read_vital_signs(connection, house.policy, house.clock())
