"""How Temporal carries along what an act came from: in headers, which no replay looks at.

The headers hold a number and W3C's traceparent: nothing of anybody, so they are not sealed.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

import structlog
from opentelemetry.trace import SpanKind
from temporalio import activity, client, worker, workflow
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadConverter
from typing_extensions import override

from traces.carrying import carried, resumed
from traces.spans import moment, span

_HEADER, _HEARD = "rettidig-trace", "rettidig-heard"
_CONVERTER = PayloadConverter.default
_log = structlog.get_logger()
Headers = Mapping[str, Payload]


def _with(headers: Headers, carrier: Mapping[str, str] | None) -> Headers:
    if not carrier:
        return headers
    return {**headers, _HEADER: _CONVERTER.to_payload(dict(carrier))}


def _carrier(headers: Headers) -> dict[str, str] | None:
    payload = headers.get(_HEADER)
    return _CONVERTER.from_payload(payload, dict[str, str]) if payload else None


class Following(client.Interceptor, worker.Interceptor):
    """For a client, and with it for every worker of that client."""

    @override
    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:
        return _Telling(next)

    @override
    def intercept_activity(
        self, next: worker.ActivityInboundInterceptor
    ) -> worker.ActivityInboundInterceptor:
        return _Acting(next)

    @override
    def workflow_interceptor_class(
        self, input: worker.WorkflowInterceptorClassInput
    ) -> type[worker.WorkflowInboundInterceptor]:
        input.unsafe_extern_functions[_HEARD] = _hear
        return _Listening


class _Telling(client.OutboundInterceptor):
    @override
    async def start_workflow(
        self, input: client.StartWorkflowInput
    ) -> client.WorkflowHandle[Any, Any]:
        input.headers = _with(input.headers, carried())
        return await super().start_workflow(input)

    @override
    async def signal_workflow(self, input: client.SignalWorkflowInput) -> None:
        input.headers = _with(input.headers, carried())
        await super().signal_workflow(input)


class _Acting(worker.ActivityInboundInterceptor):
    @override
    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:
        info = activity.info()
        with (
            resumed(_carrier(input.headers)),
            span(f"act {info.activity_type}", SpanKind.CONSUMER, story=info.workflow_id or ""),
        ):
            try:
                done = await super().execute_activity(input)
            except Exception as error:
                _tell("act failed", info, error=type(error).__name__)
                raise
            _tell("act done", info)
            return done


def _tell(event: str, info: activity.Info, **facts: str) -> None:
    if carried():
        _log.info(event, act=info.activity_type, story=info.workflow_id, **facts)


class _Listening(worker.WorkflowInboundInterceptor):
    """What the story heard last is what its next acts come from."""

    carrier: Mapping[str, str] | None = None

    @override
    def init(self, outbound: worker.WorkflowOutboundInterceptor) -> None:
        super().init(_Ordering(outbound, self))

    @override
    async def execute_workflow(self, input: worker.ExecuteWorkflowInput) -> Any:
        if self.carrier is None:  # a signal may have been first
            self._heed(f"story {workflow.info().workflow_type}", input.headers)
        return await super().execute_workflow(input)

    @override
    async def handle_signal(self, input: worker.HandleSignalInput) -> None:
        self._heed(f"story hears {input.signal}", input.headers)
        await super().handle_signal(input)

    def _heed(self, what: str, headers: Headers) -> None:
        self.carrier = _carrier(headers) or self.carrier
        if self.carrier and not workflow.unsafe.is_replaying():
            workflow.extern_functions()[_HEARD](what, self.carrier, workflow.info().workflow_id)


def _hear(what: str, carrier: Mapping[str, str], story: str) -> None:
    with resumed(carrier):
        moment(what, story=story)
        _log.info("story heard", what=what, story=story)


class _Ordering(worker.WorkflowOutboundInterceptor):
    def __init__(self, next: worker.WorkflowOutboundInterceptor, heard: _Listening) -> None:  # noqa: A002 - the SDK's name
        super().__init__(next)
        self._heard = heard

    @override
    def start_activity(self, input: worker.StartActivityInput) -> workflow.ActivityHandle[Any]:
        input.headers = _with(input.headers, self._heard.carrier)
        return super().start_activity(input)

    @override
    def start_local_activity(
        self, input: worker.StartLocalActivityInput
    ) -> workflow.ActivityHandle[Any]:
        input.headers = _with(input.headers, self._heard.carrier)
        return super().start_local_activity(input)

    @override
    def continue_as_new(self, input: worker.ContinueAsNewInput) -> NoReturn:
        input.headers = _with(input.headers, self._heard.carrier)
        super().continue_as_new(input)
