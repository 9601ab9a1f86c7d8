"""The bill of materials: what production runs of others' work, as CycloneDX.

``python -m provenance.bill FILE [--made-at SECONDS]``. The same checkout gives the same file, to
the last byte, on machines of one kind.
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from provenance.licences import OURS, Licences, NotAllowed
from provenance.packages import US, DoesNotFit, Package, all_packages

_SCHEMA = SchemaVersion.V1_6
_ALGORITHMS = {"sha256": "SHA-256", "sha512": "SHA-512"}

Json = dict[str, Any]


def make_bill(packages: Iterable[Package], licences: Licences, made_at: datetime | None) -> Json:
    """Raises NotAllowed. *made_at* is told and not asked of a clock, which always says another."""
    packages = sorted(packages, key=lambda one: one.url)
    licences.require(packages)
    bill: Json = {
        "bomFormat": "CycloneDX",
        "specVersion": _SCHEMA.to_version(),
        "metadata": {"component": _house()},
        "components": [_component(one, licences) for one in packages],
        "dependencies": _dependencies(packages),
    }
    if made_at:
        bill["metadata"]["timestamp"] = made_at.isoformat()
    return bill | {"version": 1, "serialNumber": uuid5(NAMESPACE_OID, written(bill)).urn}


def written(bill: Json) -> str:
    return json.dumps(bill, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def faults_of_form(bill: str) -> str:
    """What CycloneDX's own validator says against it; nothing when it is well."""
    wrong = JsonStrictValidator(_SCHEMA).validate_str(bill)
    return str(wrong) if wrong else ""


def _house() -> Json:
    told = distribution(US)
    licence = {"license": {"id": told.metadata["License-Expression"]}}
    kind = {"type": "application", "bom-ref": US, "name": US, "version": told.version}
    return kind | {"licenses": [licence]}


def _component(package: Package, licences: Licences) -> Json:
    """One of several files is installed, so the hashes are those of where it may come from."""
    hashes = [{"alg": _ALGORITHMS[name], "content": digits} for name, digits in package.hashes]
    return {
        "type": "library",
        "bom-ref": package.url,
        "purl": package.url,
        "name": package.name,
        "version": package.version,
        "licenses": [_licence(package, licences)],
        "externalReferences": [{"type": "distribution", "url": package.url, "hashes": hashes}],
    }


def _licence(package: Package, licences: Licences) -> Json:
    licence = licences.licence_of(package)
    who_says = {"acknowledgement": "concluded" if licences.reading_of(package) else "declared"}
    if " " in licence:
        return {"expression": licence} | who_says
    return {"license": {"id": licence} | who_says}


def _dependencies(packages: Sequence[Package]) -> list[Json]:
    urls = {(one.kind, one.name): one.url for one in packages}
    ours = {"ref": US, "dependsOn": [one.url for one in packages if one.is_asked_for]}
    theirs = [
        {"ref": one.url, "dependsOn": sorted(urls[one.kind, name] for name in one.needs)}
        for one in packages
    ]
    return [ours, *theirs]


def main(words: Sequence[str] | None = None) -> None:
    """Writes the file, or ends with what is in the way."""
    options = _options(words)
    try:
        bill = make_bill(all_packages(), Licences.read(options.licences), options.made_at)
    except (DoesNotFit, NotAllowed) as wrong:
        sys.exit(str(wrong))
    text = written(bill)
    if faults := faults_of_form(text):
        sys.exit(f"not a CycloneDX document: {faults}")
    options.file.parent.mkdir(parents=True, exist_ok=True)
    options.file.write_text(text, encoding="utf-8")


def _options(words: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m provenance.bill")
    parser.add_argument("file", type=Path)
    parser.add_argument("--licences", type=Path, default=OURS, help="which are allowed")
    parser.add_argument("--made-at", type=_moment, help="seconds since 1970: the commit's time")
    return parser.parse_args(words)


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


if __name__ == "__main__":
    main()
