"""The form at the desk: what is asked for, about which parcels, by whom."""

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput

from app.dossiers.kinds import KINDS
from app.dossiers.reception import Plot
from app.errors import Problem

FIELD_OF = {
    "kind_unknown": "kind",
    "applicant_name": "applicant_name",
    "applicant_phone": "applicant_phone",
    "commune_unknown": "commune",
    "parcel_gone": "find",
    "too_many_parcels": "find",
    "too_few_parcels": "find",
    "wrong_parcels": "find",
    "parcels_apart": "find",
    "foreign_commune": "find",
}
"""Beside which field a refusal is explained."""


class NewDossierForm(FlaskForm):  # type: ignore[misc]
    """A request at the desk. The domain says what is wrong with it; the form keeps what was typed."""

    form_token = HiddenField()
    kind = RadioField(lazy_gettext("Việc đề nghị"), validate_choice=False)
    find = StringField(lazy_gettext("Tìm thửa"))
    parcels = SelectMultipleField(
        lazy_gettext("Thửa đất"), validate_choice=False, option_widget=CheckboxInput()
    )
    commune = SelectField(lazy_gettext("Phường, xã"), validate_choice=False)
    applicant_name = StringField(lazy_gettext("Họ tên người nộp"))
    applicant_phone = StringField(lazy_gettext("Điện thoại"))

    def offer(self, plots: list[Plot], communes: dict[str, str]) -> None:
        """Let these kinds, parcels and communes be chosen."""
        self.kind.choices = [SelectChoice(kind.code, gettext(kind.title)) for kind in KINDS]
        self.parcels.choices = [
            SelectChoice(
                str(one.id),
                gettext(
                    "Thửa %(number)s, tờ %(sheet)s, %(commune)s",
                    number=one.number,
                    sheet=one.sheet,
                    commune=one.commune_name,
                ),
            )
            for one in plots
        ]
        none = SelectChoice("", gettext("Theo thửa đất"))
        self.commune.choices = [none, *(SelectChoice(code, name) for code, name in communes.items())]

    def explain(self, problem: Problem) -> None:
        """Write why the domain refused it, beside the field that it is about."""
        sentence = gettext(problem.sentence).format(**problem.values)
        name = FIELD_OF.get(problem.code)
        if name is None:
            self.form_errors.append(sentence)
        else:
            self[name].errors = [sentence]
