"""The pages of dossiers: the work list, a new dossier, one dossier and what is done to it, and tracking."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.accounts import guard, users
from app.accounts.models import User
from app.accounts.roles import Permission
from app.dossiers import access, reception, workflow, worklist
from app.dossiers.approval import missing_papers
from app.dossiers.editing import in_editor
from app.dossiers.files import MB, Store, read_upload
from app.dossiers.forms import NewDossierForm
from app.dossiers.kinds import KIND_BY_CODE, KINDS
from app.dossiers.models import Dossier, DossierDocument
from app.dossiers.sentences import clock_said, clock_short, event_detail, event_said, issue_said, paper_title
from app.dossiers.statuses import NEXT, TONES, Status, Transition, steps_from
from app.dossiers.steps import position, steps, tasks
from app.dossiers.track import look_up
from app.dossiers.workflow import Act, Upload
from app.errors import BadRequest, Forbidden, NotFound, Problem, Unprocessable, wants_page
from app.features.views import wording
from layers.layer import N_

dossiers = Blueprint("dossiers", __name__, url_prefix="/dossiers")

SPARE = MB
"""Bytes of an upload's request beside the file itself."""


def init_uploads(app: Flask) -> None:
    """Let people who are signed in send files to a dossier that are larger than other requests may be, and
    confine files that are handed out. To be called before the accounts are: their forgery check reads
    the form, and their headers would replace the stricter ones.
    """

    @app.before_request
    def widen() -> None:
        if request.endpoint == "dossiers.attach" and current_user.is_authenticated:
            request.max_content_length = store().largest + SPARE

    @app.after_request
    def confine(response: Response) -> Response:
        """A file that people sent may do nothing, also where a browser shows it after all."""
        if request.endpoint == "dossiers.document":
            response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


def store() -> Store:
    """Where the files of this deployment lie, and how much room they have."""
    config = current_app.extensions["config"]
    return Store(config.var_dir / "attachments", config.attachment_mb * MB, config.dossier_mb * MB)


def now() -> datetime:
    """The present moment in the office's time zone."""
    return datetime.now(ZoneInfo(current_app.extensions["config"].timezone))


@dossiers.context_processor
def words() -> dict[str, Any]:
    """What the templates of dossiers say and ask."""
    return {
        "wording": wording(),
        "clock_said": lambda dossier: clock_said(dossier, dossier.clock(now()), wording()),
        "clock_short": lambda dossier: clock_short(dossier, dossier.clock(now())),
        "issue_said": lambda issue: issue_said(issue, wording()),
        "kinds": KIND_BY_CODE,
        "tones": TONES,
        "new_token": uuid4,
    }


@dossiers.get("")
def work_list() -> str:
    """The officer's dossiers in boxes, with a preview of one."""
    reader, moment = _reader(), now()
    counts = worklist.counts(g.session, reader, moment)
    asked = _asked(reader, counts)
    found, total = worklist.listed(g.session, reader, asked, moment)
    return render_template(
        "dossiers/list.html",
        asked=asked,
        boxes=worklist.BOXES,
        counts=counts,
        found=found,
        total=total,
        pages=max(1, -(-total // worklist.PAGE)),
        all_kinds=KINDS,
        communes=_communes(reader, access.HANDLING),
        shown=_shown(reader),
        **_previewed(moment),
    )


@dossiers.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Take in a request. “Search” sends the same form, so that nothing that was typed is lost."""
    reader = _reader()
    if Permission.PARCELS_EDIT not in reader.permissions:
        raise Forbidden("forbidden", access.NOT_YOURS)
    form = NewDossierForm()
    if request.method == "POST" and "receive" in request.form:
        try:
            made = _receive(form, reader)
        except Problem as problem:
            if not wants_page():
                raise
            g.session.rollback()
            form.explain(problem)
        else:
            flash(gettext("Đã nhận hồ sơ %(code)s.", code=made.code))
            return redirect(url_for("dossiers.page", dossier_id=made.id), 303)
    return _new_page(form, reader), 422 if form.errors else 200


@dossiers.get("/track")
def track() -> ResponseReturnValue:
    """How a dossier stands, for whoever knows its code."""
    code = request.args.get("code", "")
    found = look_up(g.session, code, request.remote_addr or "") if code.strip() else None
    moment = now()
    page = render_template(
        "dossiers/track.html",
        code=code[:60],
        asked=found is not None,
        dossier=found and found.dossier,
        wait=found.wait if found else 0,
        steps=steps(found.dossier, moment.date()) if found and found.dossier else [],
        advice=NEXT,
    )
    if found and found.wait:
        return page, 429, {"Retry-After": str(found.wait)}
    return page, 404 if found and found.dossier is None else 200


@dossiers.get("/<uuid:dossier_id>")
def page(dossier_id: UUID) -> ResponseReturnValue:
    """One dossier."""
    reader = _reader()
    return _page(workflow.get(g.session, dossier_id, reader), reader)


@dossiers.get("/<uuid:dossier_id>/preview")
def preview(dossier_id: UUID) -> str:
    """What the third column of the work list shows: a piece of a page."""
    dossier = workflow.get(g.session, dossier_id, _reader())
    return render_template("dossiers/preview.html", dossier=dossier, **_previewed(now()))


@dossiers.get("/<uuid:dossier_id>/documents/<uuid:document_id>")
def document(dossier_id: UUID, document_id: UUID) -> Response:
    """A file of a dossier, always as one to save: nothing that people send in runs here."""
    workflow.get(g.session, dossier_id, _reader())
    found = g.session.get(DossierDocument, document_id)
    if found is None or found.dossier_id != dossier_id:
        raise NotFound("unknown_document", N_("Hồ sơ không có giấy tờ này."))
    path = store().path(found.stored)
    response = send_file(path, found.media_type, as_attachment=True, download_name=found.name, max_age=0)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@dossiers.post("/<uuid:dossier_id>/status")
def change_status(dossier_id: UUID) -> ResponseReturnValue:
    """Take the next step."""
    code, reason = request.form.get("to", ""), request.form.get("reason", "")
    if code not in set(Status):
        raise _bad_form()
    if Status(code) is Status.DONE:
        _not_in_editor(dossier_id)
    return _done(
        dossier_id,
        lambda act: workflow.transition(g.session, dossier_id, act, Status(code), reason),
        gettext("Đã chuyển bước."),
    )


@dossiers.post("/<uuid:dossier_id>/submission")
def submit(dossier_id: UUID) -> ResponseReturnValue:
    """Put it up for decision."""
    _not_in_editor(dossier_id)
    return _done(
        dossier_id, lambda act: workflow.submit(g.session, dossier_id, act), gettext("Đã trình duyệt.")
    )


@dossiers.post("/<uuid:dossier_id>/submission/return")
def give_back(dossier_id: UUID) -> ResponseReturnValue:
    """Send it back to its officer."""
    _not_in_editor(dossier_id)
    reason = request.form.get("reason", "")
    return _done(
        dossier_id,
        lambda act: workflow.give_back(g.session, dossier_id, act, reason),
        gettext("Đã trả lại để làm tiếp."),
    )


@dossiers.post("/<uuid:dossier_id>/assignee")
def assign(dossier_id: UUID) -> ResponseReturnValue:
    """Give it to an officer."""
    officer = _account("officer")
    if officer is None:
        raise _bad_form()
    return _done(
        dossier_id,
        lambda act: workflow.assign(g.session, dossier_id, act, officer),
        gettext("Đã giao hồ sơ."),
    )


@dossiers.post("/<uuid:dossier_id>/delegate")
def delegate(dossier_id: UUID) -> ResponseReturnValue:
    """Name who stands in for the officer."""
    officer = _account("officer")
    return _done(
        dossier_id,
        lambda act: workflow.delegate(g.session, dossier_id, act, officer),
        gettext("Đã ghi người làm thay."),
    )


@dossiers.post("/<uuid:dossier_id>/notes")
def note(dossier_id: UUID) -> ResponseReturnValue:
    """Write a note."""
    text = request.form.get("text", "")
    return _done(
        dossier_id, lambda act: workflow.note(g.session, dossier_id, act, text), gettext("Đã ghi chú.")
    )


@dossiers.post("/<uuid:dossier_id>/documents")
def attach(dossier_id: UUID) -> ResponseReturnValue:
    """Put a file in."""

    def put(act: Act) -> Dossier:
        file = request.files.get("file")
        if file is None:
            raise _bad_form()
        content = read_upload(file.stream, most=store().largest)  # type: ignore[arg-type]
        upload = Upload(paper=request.form.get("paper", ""), name=file.filename, content=content)
        return workflow.attach(g.session, dossier_id, act, upload, store=store())

    return _done(dossier_id, put, gettext("Đã thêm giấy tờ."))


@dossiers.post("/<uuid:dossier_id>/notice")
def publish_notice(dossier_id: UUID) -> ResponseReturnValue:
    """Write down that it has been posted."""
    place, on = request.form.get("place", ""), _day("published_on")
    return _done(
        dossier_id,
        lambda act: workflow.publish_notice(g.session, dossier_id, act, place, on),
        gettext("Đã ghi việc niêm yết."),
    )


@dossiers.post("/<uuid:dossier_id>/objections")
def object_to(dossier_id: UUID) -> ResponseReturnValue:
    """Take in an objection."""
    objector, reason = request.form.get("objector", ""), request.form.get("reason", "")
    return _done(
        dossier_id,
        lambda act: workflow.object_to(g.session, dossier_id, act, objector, reason),
        gettext("Đã ghi ý kiến phản đối."),
    )


@dossiers.post("/<uuid:dossier_id>/objections/<int:objection_id>")
def resolve(dossier_id: UUID, objection_id: int) -> ResponseReturnValue:
    """Write down how an objection ended."""
    outcome, resolution = request.form.get("outcome", ""), request.form.get("resolution", "")
    return _done(
        dossier_id,
        lambda act: workflow.resolve(
            g.session, dossier_id, act, objection_id, outcome=outcome, resolution=resolution
        ),
        gettext("Đã ghi cách giải quyết."),
    )


def _not_in_editor(dossier_id: UUID) -> None:
    """Where parcels change, the dossier goes with its changeset: one deed, in one place."""
    if in_editor(workflow.get(g.session, dossier_id, _reader())):
        raise Unprocessable("in_editor", N_("Việc này làm trong trình sửa bản đồ của hồ sơ."))


def _reader() -> User:
    """Whoever works on dossiers in some commune."""
    user = guard.require_sign_in()
    if user.must_change_password:
        guard.require(Permission.PARCELS_EDIT)  # leads to where the password is changed
    if not user.permissions & set(access.HANDLING):
        raise Forbidden("forbidden", access.NOT_YOURS)
    return user


def _asked(reader: User, counts: Mapping[str, int]) -> worklist.Asked:
    """What the address asks for; by default the reader's own work, or what waits for them to sign."""
    usual = "mine" if counts["mine"] else "open"
    if Permission.PARCELS_EDIT not in reader.permissions:
        usual = "signature"
    box, sort = request.args.get("box", ""), request.args.get("sort", "")
    return worklist.Asked(
        box=box if box in worklist.BOX_BY_ID else usual,
        kind=request.args.get("kind", "").replace("\0", ""),
        commune=request.args.get("commune", "").replace("\0", ""),
        query=request.args.get("q", "")[:100],
        sort=sort if sort in worklist.SORTS else "due",
        descending=request.args.get("order") == "desc",
        page=max(1, min(request.args.get("page", 1, type=int), 100_000)),
    )


def _shown(reader: User) -> Dossier | None:
    """The dossier that the third column shows, where the address names one."""
    try:
        return workflow.get(g.session, UUID(request.args.get("show", "")), reader)
    except (ValueError, NotFound):
        return None


def _previewed(moment: datetime) -> dict[str, Any]:
    return {
        "steps_of": lambda dossier: position(steps(dossier, moment.date())),
        "step_count": lambda dossier: len(steps(dossier, moment.date())),
        "missing": missing_papers,
    }


def _communes(reader: User, permissions: tuple[Permission, ...]) -> dict[str, str]:
    """The communes of today that are the reader's, by code."""
    own = access.communes_of(reader, permissions)
    return {code: name for code, name in users.communes(g.session).items() if own is None or code in own}


def _receive(form: NewDossierForm, reader: User) -> Dossier:
    asked = reception.Request(
        kind=form.kind.data or "",
        parcels=_uuids(form.parcels.data),
        applicant_name=form.applicant_name.data or "",
        applicant_phone=form.applicant_phone.data or "",
        commune=form.commune.data or "",
    )
    unit = current_app.extensions["config"].dossier_unit
    token = _uuid(form.form_token.data)
    return reception.receive(g.session, asked, actor=reader, at=now(), token=token, unit=unit)


def _new_page(form: NewDossierForm, reader: User) -> str:
    if request.method == "GET":
        form.kind.data = request.args.get("kind")
        form.parcels.data = request.args.getlist("parcel")
    form.form_token.data = form.form_token.data or str(uuid4())
    chosen = reception.plots(g.session, _uuids(form.parcels.data))
    form.parcels.data = [str(one.id) for one in chosen]
    own = access.communes_of(reader, (Permission.PARCELS_EDIT,))
    found = reception.find_plots(g.session, form.find.data or "", own)
    others = [one for one in found if one not in chosen]
    form.offer([*chosen, *others], _communes(reader, (Permission.PARCELS_EDIT,)))
    return render_template("dossiers/new.html", form=form, searched=bool(form.find.data), others=others)


def _page(
    dossier: Dossier, reader: User, problem: Problem | None = None, status: int = 200
) -> tuple[str, int]:
    moment = now()
    papers: dict[str, list[DossierDocument]] = {paper.code: [] for paper in dossier.kind_of.papers}
    for one in dossier.documents:
        papers.setdefault(one.paper, []).append(one)
    html = render_template(
        "dossiers/dossier.html",
        dossier=dossier,
        may={one.value: reader.can(one, dossier.commune_code) for one in access.HANDLING},
        steps=steps(dossier, moment.date()),
        tasks=tasks(dossier, moment.date()),
        moves=_moves(dossier, reader),
        papers=papers,
        paper_title=paper_title,
        missing=missing_papers(dossier),
        lines=[(one, event_said(one, wording()), event_detail(one)) for one in reversed(dossier.events)],
        officers=access.officers_for(g.session, dossier.commune_code),
        commune=users.communes(g.session).get(dossier.commune_code, dossier.commune_code),
        outcomes=workflow.OUTCOMES,
        today=moment.date(),
        most_mb=current_app.extensions["config"].attachment_mb,
        problem=problem,
        typed=request.form if problem else {},
    )
    return html, status


def _moves(dossier: Dossier, reader: User) -> list[Transition]:
    """The steps that this reader can take now."""
    found = [
        step
        for step in steps_from(dossier.state)
        if reader.can(step.permission, dossier.commune_code)
        and not (step.decides and dossier.submitted_by == reader.id)
    ]
    if not dossier.is_submitted or in_editor(dossier):
        found = [step for step in found if step.target is not Status.DONE]
    return found


def _done(dossier_id: UUID, do: Callable[[Act], Dossier], said: str) -> ResponseReturnValue:
    """Do it and show the dossier; when it is refused, show why beside everything that was typed."""
    reader = _reader()
    act = Act(actor=reader, at=now(), version=_version(), token=_uuid(request.form.get("form_token")))
    try:
        do(act)
    except Problem as problem:
        if not wants_page() or problem.status in (400, 404):
            raise
        g.session.rollback()
        return _page(workflow.get(g.session, dossier_id, reader), reader, problem, problem.status)
    if not wants_page():
        current = workflow.get(g.session, dossier_id, reader)
        return {"id": str(current.id), "status": current.status, "version": current.version}
    flash(said)
    return redirect(url_for("dossiers.page", dossier_id=dossier_id), 303)


def _bad_form() -> BadRequest:
    return BadRequest("bad_form", N_("Biểu mẫu gửi lên thiếu phần. Mở lại trang rồi làm lại."))


def _version() -> int:
    version = request.form.get("version", type=int)
    if version is None:
        raise _bad_form()
    return version


def _account(name: str) -> int | None:
    """The account that a form names; None when it names nobody."""
    typed = request.form.get(name, "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and int(typed) < 2**63):
        raise _bad_form()
    return int(typed)


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise _bad_form() from error


def _uuid(typed: str | None) -> UUID:
    try:
        return UUID(typed or "")
    except ValueError as error:
        raise _bad_form() from error


def _uuids(typed: list[str] | None) -> list[UUID]:
    return [_uuid(one) for one in typed or []]
