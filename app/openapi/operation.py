"""One address of the API as it is described."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from layers.layer import N_

Json = dict[str, Any]


class Operation(NamedTuple):
    """An address: what it gives, and what it takes.

    `body` and `answer` are schemas; without `answer` it is any object, or bytes of the media type.
    `problems` are the errors that say more than others: by status, what they mean and the name of
    their schema. `created`: it answers 201 when it has made something. `signed_in`: it needs a sign-in.
    """

    path: str
    title: str
    parameters: tuple[Json, ...] = ()
    media: str = "application/json"
    method: str = "get"
    body: Json | None = None
    answer: Json | None = None
    problems: Mapping[str, tuple[str, str]] | None = None
    created: bool = False
    signed_in: bool = False


def parameter(name: str, where: str, schema: Json, description: str, *, required: bool = False) -> Json:
    """A parameter of an address; one in the path is always required."""
    return {
        "name": name,
        "in": where,
        "required": required or where == "path",
        "schema": schema,
        "description": description,
    }


def named(schema: str) -> Json:
    """The schema of this name."""
    return {"$ref": f"#/components/schemas/{schema}"}


LANG = parameter("lang", "query", {"type": "string"}, N_("Ngôn ngữ trả lời"))
