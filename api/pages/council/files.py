"""A report to the council to take along: PDF, spreadsheet, CSV, and the open key figures."""

import asyncio
from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Request, Response

from api.council_files import file_name, key_csv, key_figures_of, report_csv
from api.csv_lines import csv_headers
from api.dependencies import FigureVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.council.reports import Number
from api.pages.routing import PageRoute
from domain.errors import NotFound
from letters.catalogue import sentence
from reports.council.document import ReportDocument
from reports.council.ends import document_of
from reports.council.pdf import print_report
from reports.council.snapshots import CouncilReport, read_council_report
from reports.council.words import CouncilWords
from reports.council.xlsx import workbook_of

router = APIRouter(route_class=PageRoute, prefix="/council-reports")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset=utf-8"


@router.get("/{number}/report.pdf")
async def get_pdf(request: Request, house: TheHouse, _: FigureVisitor, number: Number) -> Response:
    return await _made(request, house, number, print_report, "pdf", "application/pdf")


@router.get("/{number}/report.xlsx")
async def get_xlsx(request: Request, house: TheHouse, _: FigureVisitor, number: Number) -> Response:
    return await _made(request, house, number, workbook_of, "xlsx", _XLSX)


@router.get("/{number}/report.csv")
async def get_csv(request: Request, house: TheHouse, _: FigureVisitor, number: Number) -> Response:
    return await _made(request, house, number, report_csv, "csv", _CSV)


@router.get("/{number}/key-figures.json")
async def get_key_json(
    request: Request, house: TheHouse, _: FigureVisitor, number: Number
) -> Response:
    report = await _frozen(house, number)
    figures = key_figures_of(report, house.policy, language_of(request))
    name = file_name(report, sentence("council-key-file", language_of(request)), "json")
    told = figures.model_dump_json(indent=1, by_alias=True)
    return Response(told, media_type="application/json", headers=csv_headers(name))


@router.get("/{number}/key-figures.csv")
async def get_key_csv(
    request: Request, house: TheHouse, _: FigureVisitor, number: Number
) -> Response:
    report, language = await _frozen(house, number), language_of(request)
    figures = key_figures_of(report, house.policy, language)
    name = file_name(report, sentence("council-key-file", language), "csv")
    return Response(key_csv(figures, language), media_type=_CSV, headers=csv_headers(name))


async def _made(
    request: Request,
    house: House,
    number: int,
    make: Callable[[ReportDocument], bytes | str],
    ending: str,
    media_type: str,
) -> Response:
    """Made beside the loop: a PDF takes a moment of a processor."""
    report, language = await _frozen(house, number), language_of(request)
    words = CouncilWords(house.policy, language)
    document = document_of(report, words, house.policy.municipality)
    content = await asyncio.to_thread(partial(make, document))
    name = file_name(report, sentence("council-file", language), ending)
    return Response(content, media_type=media_type, headers=csv_headers(name))


async def _frozen(house: House, number: int) -> CouncilReport:
    """A draft leaves the house in no form."""
    async with house.database.transaction() as connection:
        report = await read_council_report(connection, number)
    if report.frozen_on is None:
        raise NotFound("council-report", number)
    return report
