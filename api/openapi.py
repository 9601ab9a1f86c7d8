"""The OpenAPI document: FastAPI's own, with our errors and the shape of a new claim put right."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from api.problems import MEDIA_TYPE
from api.schemas.registration import CLAIM_MARK, NewClaim

_REF = "#/components/schemas/{model}"
_PROBLEMS = [{"$ref": _REF.format(model=model)} for model in ("Problem", "TokenProblem")]


def describe(app: FastAPI) -> None:
    """Let *app* make its document once, when it is first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    schemas = document["components"]["schemas"]
    schemas.update(_claim_schemas())
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path in document["paths"].values():
        for operation in path.values():
            _name_problems(operation)
    result = _with_claims(document)
    assert isinstance(result, dict)
    return result


def _claim_schemas() -> dict[str, Any]:
    schema = TypeAdapter(NewClaim).json_schema(ref_template=_REF)
    nested: dict[str, Any] = schema.pop("$defs", {})
    return nested | {"NewClaim": schema}


def _name_problems(operation: dict[str, Any]) -> None:
    """Errors are sent as problem+json, which FastAPI's `responses` cannot say."""
    for response in operation["responses"].values():
        content = response.get("content", {})
        if content.get("application/json", {}).get("schema") in _PROBLEMS:
            response["content"] = {MEDIA_TYPE: content["application/json"]}


def _with_claims(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_claims(item) for item in node]
    if not isinstance(node, dict):
        return node
    if CLAIM_MARK in node:
        return {"$ref": _REF.format(model="NewClaim")}
    return {name: _with_claims(value) for name, value in node.items()}
