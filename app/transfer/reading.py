"""Reading files in a process of its own, so that a file that brings a parser down brings down nothing else.

The child opens the file with GDAL, checks and maps its rows batch by batch, and sends ready COPY text
through a pipe; the parent writes it to the database meanwhile. Memory is bounded by the batch, and the
child's by a limit of the operating system besides.
"""

import os
import resource
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import nanoarrow
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from app.transfer import encodings
from app.transfer.formats import open_source
from app.transfer.mapping import plan
from app.transfer.projection import label, projection
from app.transfer.rows import Batch, Checker
from app.transfer.sentences import Refusal
from app.transfer.sources import Asked
from layers.crs import LegalCRS
from layers.layer import Layer

BATCH = 5_000
MEMORY = 4 * 1024**3
"""Bytes of address space of a child. Batches take 150 MB; TopoJSON, which is read as a whole, up to 2 GB."""
SILENCE = 300
"""Seconds without a word after which the child is given up."""

_GDAL = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noext}",
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "64",
    "OGR_ENABLE_PARTIAL_REPROJECTION": "NO",
    "PROJ_NETWORK": "OFF",
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """A file to read into a layer, with what was asked for and the memory that reading may take."""

    path: Path
    layer: Layer
    legal: LegalCRS
    asked: Asked
    memory: int = MEMORY


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What the file turned out to be, before its first row."""

    format: str
    crs: str
    declared_crs: str | None
    encoding: str
    total: int | None
    fields: tuple[str, ...]
    """The fields that stand in each batch, in order."""
    unused: tuple[str, ...]
    """Columns of the file that fill nothing."""
    encoding_ignored: bool


@dataclass(frozen=True)
class Finished:
    """The file was read to its end. `peak_memory` is the child's, in bytes."""

    peak_memory: int


@dataclass(frozen=True)
class Refused:
    """The file is refused; see `Refusal`, which does not travel between processes."""

    code: str
    values: dict[str, object]


Message = Opened | Batch | Finished | Refused


@contextmanager
def reading(request: Request) -> Iterator[Iterator[Message]]:
    """What a child process finds in a file: `Opened`, batches and `Finished`, or `Refusal` raised.

    However the block is left, the child and its copies of the file are gone afterwards.
    """
    context = _processes()
    with tempfile.TemporaryDirectory(prefix="diaba-import-") as workdir:
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_work, args=(theirs, request, Path(workdir)), daemon=True)
        with _without_main():
            child.start()
        theirs.close()
        try:
            yield _messages(ours, child, request.path.name)
        finally:
            child.kill()
            child.join()
            ours.close()


@cache
def _processes() -> ForkServerContext:
    """Makes child processes: a server that has imported everything forks them.

    So they start at once, and share no connection with us as a plain fork would. A process forks
    safely while it has one thread; numerical libraries start others unless told not to.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep children from importing the program that we are, which they do to find what they run.

    Ours stands in this module; the whole command line would double their memory and their start.
    """
    main = vars(sys.modules["__main__"])
    file = {"__file__": main.pop("__file__")} if "__file__" in main else {}
    try:
        yield
    finally:
        main.update(file)


def _messages(connection: Connection, child: BaseProcess, name: str) -> Iterator[Message]:
    while True:
        if not connection.poll(SILENCE):
            raise Refusal("reader_silent", name=name, seconds=SILENCE)
        try:
            message: Message = connection.recv()
        except EOFError as error:
            child.join()
            raise Refusal("reader_died", name=name, exit_code=child.exitcode) from error
        if isinstance(message, Refused):
            raise Refusal(message.code, **message.values)
        yield message
        if isinstance(message, Finished):
            return


def _work(connection: Connection, request: Request, workdir: Path) -> None:
    """The child's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when it ends
    resource.setrlimit(resource.RLIMIT_AS, (request.memory, request.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")  # what GDAL warns of is judged row by row
    pyogrio.set_gdal_config_options(_GDAL)
    try:
        for message in read(request, workdir):
            connection.send(message)
    except Refusal as refusal:
        connection.send(Refused(refusal.code, refusal.values))
    connection.close()


def read(request: Request, workdir: Path) -> Iterator[Message]:
    """Read a file in this process; `workdir` is an empty folder for copies. Refusal when it cannot be."""
    name = request.path.name
    try:
        yield from _read(request, workdir)
    except UnicodeDecodeError as error:
        raise Refusal("encoding_wrong", name=name, encoding=error.encoding.upper()) from error
    except MemoryError as error:
        raise Refusal("out_of_memory", name=name) from error
    except (DataSourceError, DataLayerError, FeatureError, OSError) as error:
        detail = str(error).replace(f"{workdir}/", "").replace(f"{request.path.resolve().parent}/", "")
        raise Refusal("unreadable", name=name, detail=detail[:200]) from error


def _read(request: Request, workdir: Path) -> Iterator[Message]:
    name, asked = request.path.name, request.asked
    format_, source = open_source(request.path, workdir, asked)
    # Text in another encoding is taken through GDAL byte by byte: its own conversion of Windows-1258
    # loses the last letter of every value.
    encoding = "ISO-8859-1" if source.encoding else None
    with pyogrio.raw.open_arrow(source.gdal, layer=source.layer, encoding=encoding, batch_size=BATCH) as (
        meta,
        stream,
    ):
        if meta["geometry_type"] is None:
            raise Refusal("no_geometry", name=name)
        declared = meta["crs"] if source.crs_in_gdal else source.crs
        way = projection(name, declared, asked, request.legal)
        columns = [_decoded(str(column), source.encoding) for column in meta["fields"]]
        slots = plan(request.layer, columns, asked, name=name)
        used = {index for slot in slots for index in slot.columns}
        yield Opened(
            format=format_.title,
            crs=way.name,
            declared_crs=label(way.declared) if way.declared else None,
            encoding=(source.encoding or "utf-8").upper(),
            total=source.total,
            fields=tuple(slot.target.name for slot in slots),
            unused=tuple(column for index, column in enumerate(columns) if index not in used),
            encoding_ignored=bool(asked.encoding and not source.encoding),
        )
        checker = Checker(request.layer, way, slots)
        first = 1
        for chunk in _chunks(stream):
            *fields, shapes = chunk.iter_children()
            values = [_column(one, source.encoding) if at in used else [] for at, one in enumerate(fields)]
            yield checker.check(values, shapes.to_pylist(), first=first)
            first += len(chunk)
    yield Finished(peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def _chunks(stream: object) -> Iterator[nanoarrow.Array]:
    """The batches of a stream; what GDAL reports on the way is a fault of the file."""
    try:
        yield from nanoarrow.ArrayStream(stream).iter_chunks()
    except RuntimeError as error:
        raise DataSourceError(str(error)) from error


def _column(array: nanoarrow.Array, encoding: str | None) -> list[object]:
    values: list[object] = array.to_pylist()
    if encoding is None:
        return values
    return [_decoded(value, encoding) if isinstance(value, str) else value for value in values]


def _decoded(text: str, encoding: str | None) -> str:
    """Text as it was meant, from text whose bytes were taken for Latin-1."""
    if encoding is None or text.isascii():
        return text
    return encodings.decode(text.encode("latin-1"), encoding)
