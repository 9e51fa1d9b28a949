"""Forms of the portal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from huunghi.conf import content_languages, language_name

from .door import may_enter


class SignInForm(AuthenticationForm):
    """Django's own. Who is no reader of an active partner gets the answer to a wrong password."""

    error_messages = {
        "invalid_login": _("This name and password do not open the portal. Mind capital and small letters."),
        "inactive": "",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Name for signing in")
        self.fields["password"].label = _("Password")

    def confirm_login_allowed(self, user: Any) -> None:
        if not (user.is_active and may_enter(user)):
            raise self.get_invalid_login_error()


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your telephone, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}),
    )


class ForgottenForm(PasswordResetForm):
    """Mail goes to readers of active partners only; the answer is the same for everybody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Mail address")

    def get_users(self, email: str) -> Iterator[Any]:
        return (user for user in super().get_users(email) if may_enter(user))


class OwnWords:
    """Passwords in words of our own: Django has no Khmer ones for them."""

    error_messages = {
        "password_mismatch": _("The two passwords are not the same."),
        "password_incorrect": _("That is not your password."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields  # type: ignore[attr-defined]
        if "old_password" in fields:
            fields["old_password"].label = _("Your password until now")
        fields["new_password1"].label = _("New password")
        fields["new_password1"].help_text = _("At least 8 characters; no common word, and not like your name.")
        fields["new_password2"].label = _("The new password again")
        fields["new_password2"].help_text = ""

    @sensitive_variables("password")
    def validate_password_for_user(self, user: Any, password_field_name: str = "new_password2") -> None:
        password = self.cleaned_data.get(password_field_name)  # type: ignore[attr-defined]
        try:
            if password:
                validate_password(password, user)
        except ValidationError:
            sentence = _("This password is too short, too common, or too like your name. Choose another one.")
            self.add_error(password_field_name, sentence)  # type: ignore[attr-defined]


class ChangePasswordForm(OwnWords, PasswordChangeForm):
    """With the old password."""


class NewPasswordForm(OwnWords, SetPasswordForm):
    """By the link in a mail."""


class PasswordConfirmation(forms.Form):
    """For changes that whoever finds an open session must not make."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise ValidationError(_("That is not your password."))
        return self.cleaned_data["password"]


class ProfileForm(forms.ModelForm):
    """Name, mail and language. A new mail address needs the password: mail opens a forgotten one."""

    language = forms.ChoiceField(
        label=_("Language"), help_text=_("The portal opens in this language when you sign in.")
    )
    password = forms.CharField(
        label=_("Your password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Needed only to change the mail address."),
    )

    class Meta:
        model = get_user_model()
        fields = ["first_name", "last_name", "email"]

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(code, language_name(code)) for code in content_languages()]
        self.fields["language"].initial = language
        for name, label in (
            ("first_name", _("First name")),
            ("last_name", _("Last name")),
            ("email", _("Mail address")),
        ):
            self.fields[name].label = label
        self._email_before = self.instance.email

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("email") != self._email_before and not self.instance.check_password(values.get("password", "")):
            self.add_error("password", _("To change the mail address, enter your password."))
        return values
