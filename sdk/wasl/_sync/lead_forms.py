# Made by `wasl sdk sync` from wasl/_async/lead_forms.py: do not edit.
"""`hub.leads.forms`: forms of web sites, by which leads come in."""

from collections.abc import Iterator, Sequence

from wasl._marketing_arguments import marketing_arguments
from wasl._requests import Id
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.marketing_models import LeadForm
from wasl.marketing_params import FormField


class LeadForms:
    """Forms of the organizations that the caller belongs to."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(
        self,
        name: str,
        *,
        fields: Sequence[FormField],
        purpose: str | None = None,
        consent_text: str | None = None,
        text_version: str | None = None,
        double_opt_in: bool | None = None,
        allowed_origins: Sequence[str] | None = None,
        redirect_url: str | None = None,
        most_per_minute: int | None = None,
        most_per_visitor_minute: int | None = None,
        organization_id: Id | None = None,
    ) -> LeadForm:
        """Make a form. Its `url` takes what a site's form or script sends: JSON, or the form as a browser sends it.

        Args:
            fields: its questions; a required one is of type ``email`` or ``phone``.
            purpose: what people agree to by ticking the box, such as ``marketing_email``; None: there is no box.
            consent_text: what stands beside the box, of the version `text_version`.
            double_opt_in: True: they have to confirm by mail.
            allowed_origins: the sites that may show it, such as ``https://shop.example.ae``; any if left out.
            redirect_url: where a browser goes after that.
            most_per_minute: how often it may be sent, 30 if left out; by one visitor `most_per_visitor_minute`, 5.

        Raises:
            InvalidRequest: an argument is wrong; `field` names it, such as ``fields.0.type``.
            Conflict: there is a form of that name.
        """
        arguments = marketing_arguments(
            name=name,
            fields=fields,
            purpose=purpose,
            consent_text=consent_text,
            text_version=text_version,
            double_opt_in=double_opt_in,
            allowed_origins=allowed_origins,
            redirect_url=redirect_url,
            most_per_minute=most_per_minute,
            most_per_visitor_minute=most_per_visitor_minute,
            organization_id=self._api.organization(organization_id),
        )
        return self._addressed(self._api.call(LeadForm, "create_lead_form", arguments))

    def update(
        self,
        form_id: Id,
        *,
        name: str | None = None,
        enabled: bool | None = None,
        fields: Sequence[FormField] | None = None,
        purpose: str | None = None,
        consent_text: str | None = None,
        text_version: str | None = None,
        double_opt_in: bool | None = None,
        allowed_origins: Sequence[str] | None = None,
        redirect_url: str | None = None,
        most_per_minute: int | None = None,
        most_per_visitor_minute: int | None = None,
    ) -> LeadForm:
        """Change a form; what is left out stays.

        Raises:
            InvalidRequest: an argument is wrong; `field` names it.
            Conflict: there is another form of that name, or another `consent_text` without another `text_version`.
        """
        arguments = marketing_arguments(
            form_id=form_id,
            name=name,
            enabled=enabled,
            fields=fields,
            purpose=purpose,
            consent_text=consent_text,
            text_version=text_version,
            double_opt_in=double_opt_in,
            allowed_origins=allowed_origins,
            redirect_url=redirect_url,
            most_per_minute=most_per_minute,
            most_per_visitor_minute=most_per_visitor_minute,
        )
        return self._addressed(self._api.call(LeadForm, "update_lead_form", arguments, repeatable=True))

    def get(self, form_id: Id) -> LeadForm:
        """Return one form; raises NotFound."""
        columns = columns_of(LeadForm, without="url")
        return self._addressed(self._api.one(LeadForm, "lead_forms", form_id, "form_id", columns=columns))

    def list(self, *, organization_id: Id | None = None, limit: int | None = None) -> Iterator[LeadForm]:
        """Yield forms, newest first."""
        equal = {"organization_id": self._api.organization(organization_id)}
        columns = columns_of(LeadForm, without="url")
        for form in self._api.newest(LeadForm, "lead_forms", equal, columns=columns, limit=limit):
            yield self._addressed(form)

    def _addressed(self, form: LeadForm) -> LeadForm:
        return form.model_copy(update={"url": f"{self._api.url}/functions/v1/forms/{form.token}"})
