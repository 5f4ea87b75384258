"""Papers in a store: put, used again, replaced, revoked, expired, kept through mergers, shared by links that end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.kernel.events.models import Event
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.actions import Proof
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.queries import sealer
from motcua.kernel.messages.actions import plan_messages
from motcua.kernel.messages.models import Message, Notice
from motcua.kernel.org import queries as org
from motcua.kernel.org.models import OrgVersion, Unit
from motcua.kernel.org.queries import local_today
from motcua.kernel.store.actions import (
    end_share,
    open_share,
    put_entry,
    replace_entry,
    revoke_entry,
    share_entries,
    use_entry,
)
from motcua.kernel.store.kind import Validity
from motcua.kernel.store.models import StoreEntry, StoreOpening, StoreShare, StoreUse
from motcua.kernel.store.queries import (
    entries,
    entry_page,
    own_entries,
    own_entry,
    own_shares,
    prefill_values,
    share_page,
    shared_entries,
    shared_file,
)
from motcua.kernel.store.tests.conftest import AN_ID, birth, paper, somebody
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


def test_a_result_is_put_and_found_by_its_owner(city: City, an: Actor, binh: Actor, certificate: StoreEntry) -> None:
    (row,) = own_entries(an)
    assert (row.name, row.number, row.issuer, row.state) == ("Giấy khai sinh", "12/2026", "Phường Một", "valid")
    assert entry_page(row.id, actor=an).values == {"child_name": "Nguyễn Mẫu Con"}
    assert own_entries(binh) == []
    assert [found.id for found in entries(an.person_id, codes=["KQ.khai-sinh"])] == [certificate.pk]
    assert entries(an.person_id, codes=["KQ.ket-hon"]) == []
    assert prefill_values([certificate.pk])[certificate.pk]["child_name"] == "Nguyễn Mẫu Con"
    plan_messages(list(Event.objects.filter(name="store.put")))
    assert Notice.objects.get().account_id == an.id


def test_only_its_owner_opens_it(an: Actor, binh: Actor, city: City, certificate: StoreEntry) -> None:
    for actor in (binh, city.minh, city.quan, Actor("anonymous"), replace(an, id=None)):
        with pytest.raises(Refused, match="not_found"):
            own_entry(certificate.pk, actor=actor)
        assert own_entries(actor) == []


def test_a_paper_from_the_counter_waits_for_who_proves_the_national_id(city: City) -> None:
    card = identity.create_person("Lê Mẫu Cúc", "0905 111 222", national_id="068158000103")
    new = birth(city, SYSTEM, person_id=card.pk, national_id="068158000103")
    put_entry(new, actor=SYSTEM)
    says_so = somebody("Kẻ Mạo Danh", "0905 111 222")
    identity.declare_identity(Proof("068158000103", "Lê Mẫu Cúc"), actor=says_so)
    assert own_entries(says_so) == [], "neither a claimed number nor a shared telephone opens a store"
    cuc = somebody("Lê Mẫu Cúc", "0905 333 444", "068158000103")
    assert len(own_entries(cuc)) == 1
    assert len(entries(national_id="068158000103")) == 1


def test_an_organisations_papers_are_its_representatives(city: City, an: Actor, binh: Actor) -> None:
    new = birth(city, an, person_id=None, tax_code="5800000001", code="KQ.giay-phep", name="Giấy phép")
    entry = put_entry(new, actor=SYSTEM)
    assert own_entries(an) == []
    row = identity.ask_representation("5800000001", actor=an, name="Thử", title="GĐ", evidence="x")
    assert own_entries(an) == []
    identity.accept_by_register(row.pk, name="Thử", source="x")
    assert [found.id for found in own_entries(an)] == [entry.pk]
    assert own_entries(binh) == []
    identity.end_representation(row.pk, actor=an)
    assert own_entries(an) == []


def test_a_link_to_an_organisations_papers_ends_with_the_representation(city: City, an: Actor) -> None:
    """Whoever does not act for it any more shows its papers to nobody; their own stay behind the link."""
    row = identity.ask_representation("5800000001", actor=an, name="Thử", title="GĐ", evidence="x")
    identity.accept_by_register(row.pk, name="Thử", source="x")
    theirs = put_entry(birth(city, an, person_id=None, tax_code="5800000001", code="KQ.giay-phep"), actor=SYSTEM)
    own = put_entry(birth(city, an), actor=SYSTEM)
    until = moment.now() + timedelta(days=30)
    _number, token = share_entries([theirs.pk, own.pk], actor=an, until=until, purpose="Ngân hàng")
    opening = open_share(token, actor=Actor("anonymous"), who="Ngân hàng Thử")
    assert {found.id for found in shared_entries(token, opening)} == {theirs.pk, own.pk}
    assert shared_file(token, opening, theirs.pk)[0] == theirs
    identity.end_representation(row.pk, actor=an)
    assert [found.id for found in shared_entries(token, opening)] == [own.pk]
    assert share_page(token).count == 1
    with pytest.raises(Refused, match="not_found"):
        shared_file(token, opening, theirs.pk)


def test_the_same_of_the_same_case_is_put_once(city: City, an: Actor) -> None:
    new = birth(city, an, case_id=77)
    first = put_entry(new, actor=SYSTEM)
    assert put_entry(new, actor=SYSTEM).pk == first.pk
    assert Event.objects.filter(name="store.put").count() == 1
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_used_again_with_its_history(an: Actor, clerk: Actor, certificate: StoreEntry) -> None:
    use_entry(certificate.pk, actor=clerk, case_id=5, case_code="HS-5")
    use_entry(certificate.pk, actor=clerk, case_id=5, case_code="HS-5")
    use_entry(certificate.pk, actor=clerk, case_id=6, case_code="HS-6")
    assert [use.case_code for use in entry_page(certificate.pk, actor=an).uses] == ["HS-6", "HS-5"]
    assert own_entries(an)[0].uses == 2
    assert Event.objects.filter(name="store.used").count() == 2


def test_expired_and_good_for_once(city: City, an: Actor, pass_paper: StoreEntry) -> None:
    once = put_entry(birth(city, an, code="GT.mot-lan", validity=Validity.ONCE), actor=SYSTEM)
    use_entry(once.pk, actor=SYSTEM, case_id=5)
    with pytest.raises(Refused, match="not_usable"):
        use_entry(once.pk, actor=SYSTEM, case_id=6)
    with moment.at(moment.now() + timedelta(days=31)):
        states = {row.id: row.state for row in own_entries(an)}
        assert states == {once.pk: "used", pass_paper.pk: "expired"}
        assert entries(an.person_id) == []
        with pytest.raises(Refused, match="not_usable"):
            use_entry(pass_paper.pk, actor=SYSTEM, case_id=7)
    assert StoreUse.objects.count() == 1


def test_replaced_and_revoked_stay_readable(city: City, an: Actor, clerk: Actor, certificate: StoreEntry) -> None:
    new = replace_entry(certificate.pk, birth(city, an, number="12a/2026"), actor=clerk)
    assert {row.id: row.state for row in own_entries(an)} == {new.pk: "valid", certificate.pk: "replaced"}
    with pytest.raises(Refused, match="invalid"):
        revoke_entry(new.pk, actor=clerk, reason=" ")
    revoke_entry(new.pk, actor=clerk, reason="Cấp nhầm tên")
    row = entry_page(new.pk, actor=an).row
    assert (row.state, row.reason) == ("revoked", "Cấp nhầm tên")
    with pytest.raises(Refused, match="stale"):
        revoke_entry(new.pk, actor=clerk, reason="Lần nữa")
    assert entries(an.person_id) == []


def test_who_may_not_put_or_revoke(city: City, an: Actor, certificate: StoreEntry) -> None:
    before = Event.objects.count()
    for actor in (an, city.tam, city.quan, Actor("anonymous")):
        with pytest.raises(Refused):
            revoke_entry(certificate.pk, actor=actor, reason="x")
        with pytest.raises(Refused):
            put_entry(birth(city, an), actor=actor)
    certificate.refresh_from_db()
    assert certificate.state == "valid"
    assert StoreEntry.objects.count() == 1
    assert Event.objects.count() == before


def test_the_issuer_is_kept_through_a_merger(city: City, an: Actor, certificate: StoreEntry) -> None:
    assert own_entries(an)[0].issuer_now == ""
    yesterday = local_today() - timedelta(days=1)
    Unit.objects.filter(pk=city.ward_one.pk).update(valid_to=yesterday)
    Unit.objects.create(
        code="24778-moi", name="Phường Một Mới", short_name="Một Mới", folded="mot moi", kind="commune",
        parent=city.province, path=f"{city.province.path}999.", area=city.ward_one.area,
        calendar=city.ward_one.calendar, valid_from=local_today(),
    )  # fmt: skip
    OrgVersion.objects.filter(pk=1).update(number=2)
    org.forget()
    row = own_entries(an)[0]
    assert (row.issuer, row.issuer_now) == ("Phường Một", "Phường Một Mới")


def test_nothing_personal_is_readable_in_the_tables(an: Actor, certificate: StoreEntry) -> None:
    _number, token = share_entries(
        [certificate.pk], actor=an, until=moment.now() + timedelta(days=1), purpose="Trường Mẫu Bí Mật"
    )
    open_share(token, actor=Actor("anonymous"), who="Cô Giáo Bí Mật")
    text = "".join(repr(list(table.objects.values())) for table in (StoreEntry, StoreShare, StoreOpening, Event))
    for secret in ("12/2026", "Nguyễn Mẫu Con", "Bí Mật", token, AN_ID):
        assert secret not in text


# ── Shares ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def share(actor: Actor, entry: StoreEntry, days: int = 7) -> tuple[int, str]:
    until = moment.now() + timedelta(days=days)
    return share_entries([entry.pk], actor=actor, until=until, purpose="Trường mầm non Thử")


def test_a_link_says_who_opened_it_and_the_owner_hears(an: Actor, certificate: StoreEntry) -> None:
    _number, token = share(an, certificate)
    page = share_page(token)
    assert (page.owner, page.count) == ("N. T. M. A.", 1)
    opening = open_share(token, actor=Actor("anonymous"), who="Cô Thử, Trường mầm non Mẫu")
    assert [row.name for row in shared_entries(token, opening)] == ["Giấy khai sinh"]
    assert shared_file(token, opening, certificate.pk)[0].pk == certificate.pk
    (told,) = own_shares(an)
    assert [row.who for row in told.openings] == ["Cô Thử, Trường mầm non Mẫu"]
    plan_messages(list(Event.objects.filter(name="store.share_opened")))
    message = sealer().open(Message.objects.get().content_sealed)
    assert "/kho/chia-se/" in message
    assert "mam non" not in fold(message), "what a stranger typed is not sent in our name"


def test_whoever_holds_a_link_floods_nobody(an: Actor, city: City, certificate: StoreEntry) -> None:
    """Neither the owner's page nor their telephone: strangers make one letter an hour, each has its line."""
    _number, token = share_entries([certificate.pk], actor=an, until=moment.now() + timedelta(days=1), purpose="Thử")
    stranger = Actor("anonymous")
    for number in range(20):
        open_share(token, actor=stranger, who=f"Người thứ {number}")
    with pytest.raises(Refused, match="too_many"):
        open_share(token, actor=stranger, who="Người thứ 20")
    assert StoreOpening.objects.count() == 20
    plan_messages(list(Event.objects.filter(name="store.share_opened")))
    assert Notice.objects.count() == 1
    with moment.at(moment.now() + timedelta(minutes=61)):
        open_share(token, actor=stranger, who="Người hôm sau")
        open_share(token, actor=city.tam, who="")
        plan_messages(list(Event.objects.filter(name="store.share_opened").order_by("pk"))[-2:])
    assert Notice.objects.count() == 3


def test_an_officials_name_is_known(an: Actor, city: City, certificate: StoreEntry) -> None:
    _number, token = share(an, certificate)
    open_share(token, actor=city.tam, who="Ai Đó Khác")
    (opening,) = own_shares(an)[0].openings
    assert (opening.who, opening.is_official) == ("Vũ Thị Tâm", True)


def test_who_says_nothing_sees_nothing(an: Actor, certificate: StoreEntry) -> None:
    _number, token = share(an, certificate)
    with pytest.raises(Refused, match="invalid"):
        open_share(token, actor=Actor("anonymous"), who=" x ")
    assert not StoreOpening.objects.exists()
    assert not Event.objects.filter(name="store.share_opened").exists()
    with pytest.raises(Refused, match="not_found"):
        shared_entries(token, 1)


def test_it_ends_by_itself_and_at_once(an: Actor, binh: Actor, certificate: StoreEntry) -> None:
    number, token = share(an, certificate, days=1)
    opening = open_share(token, actor=Actor("anonymous"), who="Cô Thử")
    with moment.at(moment.now() + timedelta(days=1, minutes=1)), pytest.raises(Refused, match="not_found"):
        shared_entries(token, opening)
    with pytest.raises(Refused, match="not_found"):
        end_share(number, actor=binh)
    assert shared_entries(token, opening)
    end_share(number, actor=an)
    for attempt in (lambda: share_page(token), lambda: shared_file(token, opening, certificate.pk)):
        with pytest.raises(Refused, match="not_found"):
            attempt()


def test_links_end_with_the_account(an: Actor, certificate: StoreEntry) -> None:
    _number, token = share(an, certificate)
    assert share_page(token).count == 1
    identity.delete_own_account(actor=an)
    with pytest.raises(Refused, match="not_found"):
        share_page(token)


def test_a_link_opens_its_own_papers_only(
    an: Actor, binh: Actor, certificate: StoreEntry, pass_paper: StoreEntry, city: City
) -> None:
    _number, token = share(an, certificate)
    opening = open_share(token, actor=Actor("anonymous"), who="Cô Thử")
    with pytest.raises(Refused, match="not_found"):
        shared_file(token, opening, pass_paper.pk)
    other = put_entry(birth(city, binh, file_id=paper(b"%PDF-1.4\nother\n%%EOF\n")[0]), actor=SYSTEM)
    _other_number, other_token = share(binh, other)
    with pytest.raises(Refused, match="not_found"):
        shared_entries(other_token, opening)
    with pytest.raises(Refused, match="not_found"):
        share(an, other)
    with pytest.raises(Refused, match="invalid"):
        share(an, certificate, days=91)
