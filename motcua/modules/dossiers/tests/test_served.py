"""A dossier is settled where this installation answers; the address in its form may be anywhere that is known."""

import pytest

from motcua.kernel.forms.queries.addresses import find_places
from motcua.kernel.forms.queries.answers import check
from motcua.kernel.forms.tests.small import form_of
from motcua.modules.dossiers.forms.intake import commune_choices
from motcua.modules.dossiers.forms.portal import ContactForm
from motcua.testing.city import City, add_neighbour

pytestmark = pytest.mark.django_db


def test_only_served_communes_settle_a_dossier(city: City) -> None:
    add_neighbour()
    own = [("24781", "Phường Hai"), ("24778", "Phường Một")]
    assert commune_choices() == own
    form = ContactForm(needs_area=True, is_known=False)
    assert form.fields["area"].choices[1:] == own  # type: ignore[attr-defined]


def test_a_home_address_may_be_in_another_province(city: City) -> None:
    add_neighbour()
    assert [place.label for place in find_places("phuong hai ben")] == ["Phường Hai Bên, Tỉnh Bên"]
    home = {"area": "25459", "line": "12 Mẫu"}
    checked = check(form_of({"type": "object", "format": "address"}), {"a": home})
    assert (checked.values, checked.errors) == ({"a": home}, {})
