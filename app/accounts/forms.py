"""The forms of accounts: what they ask for and what each field accepts."""

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    Form,
    FormField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import EqualTo, InputRequired, Length
from wtforms.widgets import CheckboxInput

from app.accounts import passwords, users
from app.accounts.models import User, account_name
from app.accounts.roles import ROLES
from app.errors import Problem

_LONG = Length(max=1000, message=lazy_gettext("Ô này chỉ nhận đến 1.000 ký tự."))


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Name and password of somebody who has an account."""

    name = StringField(lazy_gettext("Tài khoản"), [InputRequired(lazy_gettext("Ghi tên tài khoản.")), _LONG])
    password = PasswordField(lazy_gettext("Mật khẩu"), [InputRequired(lazy_gettext("Ghi mật khẩu.")), _LONG])
    shared = BooleanField(lazy_gettext("Máy dùng chung"))


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, from somebody who knows the old one."""

    current = PasswordField(
        lazy_gettext("Mật khẩu đang dùng"),
        [InputRequired(lazy_gettext("Ghi mật khẩu đang dùng.")), _LONG],
    )
    new = PasswordField(
        lazy_gettext("Mật khẩu mới"), [InputRequired(lazy_gettext("Ghi mật khẩu mới.")), _LONG]
    )
    again = PasswordField(
        lazy_gettext("Mật khẩu mới, ghi lại lần nữa"),
        [EqualTo("new", lazy_gettext("Hai lần ghi mật khẩu mới không giống nhau."))],
    )

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def validate_new(self, field: Field) -> None:
        """Say at once why a password is weak, beside its field."""
        weakness = passwords.weakness(field.data, self._name)
        if weakness:
            raise ValidationError(gettext(weakness))


class GrantForm(Form):  # type: ignore[misc]
    """One role: whether somebody has it, and in which communes."""

    held = BooleanField()
    where = RadioField(
        choices=[
            SelectChoice("everywhere", lazy_gettext("Toàn địa bàn")),
            SelectChoice("communes", lazy_gettext("Chỉ các phường, xã được chọn")),
        ],
        default="everywhere",
        validate_choice=False,
    )
    # The domain checks the codes, and knows which ended ones may stay.
    communes = SelectMultipleField(choices=[], validate_choice=False, option_widget=CheckboxInput())

    @property
    def codes(self) -> list[str]:
        """The commune codes that limit the role; none means the whole territory."""
        return list(self.communes.data) if self.where.data != "everywhere" else []

    def validate_communes(self, field: Field) -> None:
        """No choice must not come to mean everywhere."""
        if self.held.data and self.where.data != "everywhere" and not field.data:
            raise ValidationError(gettext("Chọn ít nhất một phường, xã, hoặc chọn “Toàn địa bàn”."))


class UserForm(FlaskForm):  # type: ignore[misc]
    """How a person is called and which roles they have."""

    full_name = StringField(lazy_gettext("Họ và tên"), [InputRequired(lazy_gettext("Ghi họ và tên.")), _LONG])

    def validate_full_name(self, field: Field) -> None:
        """Say at once what is wrong with it, together with the other fields."""
        try:
            users.clean_full_name(field.data)
        except Problem as problem:
            raise ValidationError(gettext(problem.sentence)) from problem

    @property
    def grants(self) -> users.Grants:
        """The roles that were ticked, with their communes."""
        return {role.code: self[role.code].form.codes for role in ROLES if self[role.code].form.held.data}

    def offer(self, communes: dict[str, str]) -> None:
        """Let these communes be chosen, beside those that a grant names already."""
        for role in ROLES:
            field = self[role.code].form.communes
            gone = {code: code for code in field.data or [] if code not in communes}
            field.choices = [SelectChoice(code, name) for code, name in (communes | gone).items()]

    def show(self, user: User) -> None:
        """Fill the form with what an account is today."""
        self.full_name.data = user.full_name
        for grant in user.grants:
            if grant.role in self:
                form = self[grant.role].form
                form.held.data = True
                form.where.data = "communes" if grant.communes else "everywhere"
                form.communes.data = list(grant.communes)


for _role in ROLES:
    setattr(UserForm, _role.code, FormField(GrantForm, label=_role.title))


class NewUserForm(UserForm):
    """A new account."""

    name = StringField(lazy_gettext("Tài khoản"), [InputRequired(lazy_gettext("Ghi tên tài khoản.")), _LONG])

    def validate_name(self, field: Field) -> None:
        """Say at once what is wrong with it, together with the other fields."""
        if not users.NAME.fullmatch(account_name(field.data)):
            raise ValidationError(gettext(users.BAD_NAME))


def explain(form: FlaskForm, problem: Problem) -> None:
    """Write into a form why the domain refused what it holds; about a field's content, beside it."""
    sentence = gettext(problem.sentence).format(**problem.values)
    if problem.code == "account_name_taken":
        form.name.errors = [sentence]
    else:
        form.form_errors.append(sentence)
