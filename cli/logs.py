"""Where what happens is written down: standard error, or a file beside a console of ours."""

import logging
import sys
from pathlib import Path

import structlog
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from cli.log_masking import mask_event, mask_libraries

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def write_logs(level: str) -> None:
    """To standard error, a line of JSON each."""
    number = _LEVELS[level]
    _configure(structlog.PrintLoggerFactory(sys.stderr), number)
    logging.basicConfig(level=max(number, logging.WARNING), force=True)
    mask_libraries()


def write_logs_to(path: Path) -> None:
    """So that the console stays readable; also what Temporal's own threads say goes there."""
    out = path.open("a", encoding="utf-8", buffering=1)
    _configure(structlog.WriteLoggerFactory(out), _LEVELS["info"])
    logging.basicConfig(level=logging.WARNING, stream=out, force=True)
    mask_libraries()
    forward = LogForwardingConfig(logging.getLogger("temporal"))  # noqa: TID251 - the SDK asks for one
    what = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(what, forward))))


def _configure(
    factory: structlog.PrintLoggerFactory | structlog.WriteLoggerFactory, level: int
) -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory,
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            mask_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        cache_logger_on_first_use=True,
    )
