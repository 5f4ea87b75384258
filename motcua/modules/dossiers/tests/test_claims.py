"""Exemptions claimed with a paper or a registry, refused by an official; fees given back when nothing came of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from motcua.kernel.cases.models import Case
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import sweep_files
from motcua.kernel.files.models import File
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.payments.actions import take_in
from motcua.kernel.payments.actions.refunds import release_lines
from motcua.kernel.payments.kind import Incoming
from motcua.kernel.payments.models import Obligation, Payment, Refund
from motcua.kernel.payments.queries.obligations import pay_token
from motcua.kernel.procedures.actions.versions import publish_draft, save_draft
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.registries.actions import put_records
from motcua.kernel.registries.kind import REGISTRIES
from motcua.kernel.registries.models import LookUp
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.claiming import refuse_claim_dossier
from motcua.modules.dossiers.actions.filing import Applicant, NewClaim, NewDossier, NewPaper, file_dossier
from motcua.modules.dossiers.actions.reception import accept_dossier, hand_over_dossier, refuse_dossier
from motcua.modules.dossiers.actions.results import withdraw_dossier
from motcua.modules.dossiers.models import Claim, DossierPaper
from motcua.modules.dossiers.tests.conftest import AN, WHOLE
from motcua.modules.dossiers.tests.test_behalf import YEN_ID, signed_in, somebody
from motcua.modules.dossiers.tests.test_portal import CONTACT, START, photo
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db


@pytest.fixture
def yen(one_stop: OneStop) -> Actor:
    return somebody("Nguyễn Thị Yên", "0905111222", YEN_ID)


def written(client: Client) -> str:
    base = str(client.post(START)["Location"]).removesuffix("khai/0/")
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị Yên"})
    client.post(f"{base}khai/1/", {"child_name": "Bé", "copies": "1"})
    client.post(f"{base}giay-to/", {"next": "1", "paper-GT.chung-sinh": photo()})
    client.post(f"{base}nhan/", CONTACT)
    return base


def obligations(case: Case) -> list[tuple[int, str]]:
    return list(Obligation.objects.filter(case=case).order_by("id").values_list("amount", "state"))


def claiming(version_id: int, *, code: str = "khuyet-tat", **more: Any) -> Case:
    new = NewDossier(
        version_id, "online", AN, area_code="24778", claims=[NewClaim("LP.khai-sinh", code, "GT.kt")],
        papers=[NewPaper("GT.chung-sinh", "counter", originals=1), NewPaper("GT.kt", "counter", name="Giấy", copies=1)],
        **more,
    )  # fmt: skip
    return file_dossier(new, actor=SYSTEM).case


def paid(case: Case, amount: int, *, payer: str = "NGUYEN THI AN", account: str = "0011") -> Payment:
    owed = Obligation.objects.get(case=case)
    take_in(
        Incoming(bank_id=f"FT{case.id}", amount=amount, purpose=owed.reference, account=owed.account, at=moment.now(),
                 payer=payer, payer_account=account)
    )  # fmt: skip
    return Payment.objects.get(obligation=owed)


def test_a_paper_shows_it_and_the_fee_page_says_why(one_stop: OneStop, fees: int) -> None:
    client = Client()
    base = written(client)
    look = client.get(f"{base}gui/").content.decode()
    assert "58.000" in look.replace("\xa0", " ") or "50.000" in look
    assert f"{base}mien-giam/" in look
    without = client.post(f"{base}mien-giam/", {"claim-LP.khai-sinh": "ho-ngheo"})
    assert without.status_code == 422  # nobody is signed in: a registry cannot tell
    assert "giấy tờ chứng minh" in without.content.decode()
    assert not LookUp.objects.exists()
    answer = client.post(f"{base}mien-giam/", {"claim-LP.khai-sinh": "ho-ngheo", "file-LP.khai-sinh": photo()})
    assert answer["Location"] == f"{base}gui/"
    assert "Miễn: Hộ nghèo" in client.get(f"{base}gui/").content.decode()
    client.post(f"{base}gui/")
    case = Case.objects.get(kind="dossier")
    claim = Claim.objects.get(case=case)
    paper = DossierPaper.objects.get(case=case, code="GT.ho-ngheo")
    assert (claim.paper_id, paper.source, paper.name) == (paper.pk, "upload", "Chứng minh: Hộ nghèo")
    accept_dossier(case.id, actor=one_stop.nga)
    assert obligations(case) == [(8_000, "due")]
    owed = Obligation.objects.get(case=case)
    page = Client().get(f"/thanh-toan/{pay_token(owed.pk)}/").content.decode()
    assert "Miễn: Hộ nghèo" in page
    assert "Đề nghị miễn, giảm" in signed_in(one_stop.nga).get(f"/desk/ho-so/{case.id}/").content.decode()


@pytest.mark.parametrize(
    ("record", "is_borne_out"),
    [({"poverty": "ho_ngheo"}, True), ({"poverty": "can_ngheo"}, False), (None, False)],
)
def test_a_registry_bears_it_out_or_does_not(
    one_stop: OneStop, fees: int, yen: Actor, record: dict[str, str] | None, *, is_borne_out: bool
) -> None:
    if record is not None:
        household = {"number": "H1", "head_national_id": YEN_ID, "head_name": "Yên", "member_ids": [YEN_ID], **record}
        put_records(REGISTRIES["households"], [household])
    client = signed_in(yen)
    base = written(client)
    answer = client.post(f"{base}mien-giam/", {"claim-LP.khai-sinh": "ho-ngheo"})
    assert (answer.status_code == 302) is is_borne_out
    assert LookUp.objects.get().person_id == yen.person_id
    client.post(f"{base}gui/")
    case = Case.objects.get(kind="dossier")
    accept_dossier(case.id, actor=one_stop.nga)
    assert Claim.objects.filter(case=case).exists() is is_borne_out
    assert obligations(case) == [(8_000 if is_borne_out else 58_000, "due")]


def test_what_a_registry_said_of_one_exempts_no_other(one_stop: OneStop, fees: int, yen: Actor) -> None:
    """A draft that nobody owns goes from hand to hand by its link."""
    household = {"number": "H1", "head_national_id": YEN_ID, "head_name": "Yên", "member_ids": [YEN_ID],
                 "poverty": "ho_ngheo"}  # fmt: skip
    put_records(REGISTRIES["households"], [household])
    stranger = Client()
    base = written(stranger)
    assert signed_in(yen).post(f"{base}mien-giam/", {"claim-LP.khai-sinh": "ho-ngheo"}).status_code == 302
    assert "Miễn: Hộ nghèo" not in stranger.get(f"{base}gui/").content.decode()
    stranger.post(f"{base}gui/")
    case = Case.objects.get(kind="dossier")
    accept_dossier(case.id, actor=one_stop.nga)
    assert not Claim.objects.exists()
    assert obligations(case) == [(58_000, "due")]


def test_papers_that_were_not_sent_do_not_lie_for_a_month(one_stop: OneStop, fees: int) -> None:
    client = Client()
    base = written(client)
    client.post(f"{base}mien-giam/", {"claim-LP.khai-sinh": "ho-ngheo", "file-LP.khai-sinh": photo()})
    paper, dropped = File.objects.order_by("id")
    client.post(f"{base}mien-giam/", {"claim-LP.khai-sinh": ""})
    assert client.post(f"{base}giay-to/", {"paper-GT.chung-sinh": photo()}).status_code == 200
    later = moment.now() + timedelta(days=2)
    with moment.at(later):
        sweep_files()
        assert not File.objects.filter(pk=dropped.pk).exists()
        assert File.objects.count() == 2
        client.post(f"{base}giay-to/", {"drop": paper.token})
        client.post(f"{base}gui/")
    with moment.at(later + timedelta(minutes=1)):
        sweep_files()
    case = Case.objects.get(kind="dossier")
    assert list(File.objects.filter(uses__case=case)) == list(File.objects.exclude(pk=paper.pk)) != []
    assert not File.objects.filter(pk=paper.pk).exists()


def test_age_is_reckoned_from_the_register(one_stop: OneStop, fees: int, yen: Actor) -> None:
    put_records(REGISTRIES["population"], [{"national_id": YEN_ID, "name": "Yên", "born_on": "1990-01-01"}])
    client = signed_in(yen)
    base = written(client)
    assert client.post(f"{base}mien-giam/", {"claim-LP.khai-sinh": "cao-tuoi"}).status_code == 422
    put_records(REGISTRIES["population"], [{"national_id": YEN_ID, "name": "Yên", "born_on": "1950-01-01"}])
    assert client.post(f"{base}mien-giam/", {"claim-LP.khai-sinh": "cao-tuoi"}).status_code == 302


def test_a_claim_that_is_refused_is_paid_after_all(one_stop: OneStop, fees: int) -> None:
    case = claiming(fees)
    accept_dossier(case.id, actor=one_stop.nga)
    assert obligations(case) == [(33_000, "due")]
    claim = Claim.objects.get(case=case)
    with pytest.raises(Refused) as refused:
        refuse_claim_dossier(case.id, actor=one_stop.nga, claim_id=claim.pk, reason=" ")
    assert refused.value.fields.keys() == {"reason"}
    with pytest.raises(Refused):
        refuse_claim_dossier(case.id, actor=one_stop.dung, claim_id=claim.pk, reason="Khác phường")
    assert obligations(case) == [(33_000, "due")]
    refuse_claim_dossier(case.id, actor=one_stop.nga, claim_id=claim.pk, reason="Giấy đã hết hạn")
    assert obligations(case) == [(33_000, "due"), (25_000, "due")]
    with pytest.raises(Refused):
        refuse_claim_dossier(case.id, actor=one_stop.nga, claim_id=claim.pk, reason="Lần nữa")
    assert Event.objects.filter(case_id=case.id, name="dossier.claim_refused").count() == 1
    assert len(obligations(case)) == 2


def test_refused_before_it_was_asked_for_the_whole_is_asked(one_stop: OneStop, fees: int) -> None:
    case = claiming(fees)
    claim = Claim.objects.get(case=case)
    refuse_claim_dossier(case.id, actor=one_stop.nga, claim_id=claim.pk, reason="Sai người")
    assert obligations(case) == []
    accept_dossier(case.id, actor=one_stop.nga)
    assert obligations(case) == [(58_000, "due")]


def test_no_claim_without_evidence_or_of_another_procedure(one_stop: OneStop, fees: int) -> None:
    for claim in (
        NewClaim("LP.khai-sinh", "khuyet-tat"), NewClaim("LP.khai-sinh", "giau-co", "GT.chung-sinh"),
        NewClaim("PHI.ban-sao", "khuyet-tat", "GT.chung-sinh"),
    ):  # fmt: skip
        new = NewDossier(
            fees, "online", AN, area_code="24778", claims=[claim], papers=[NewPaper("GT.chung-sinh", "counter")]
        )
        with pytest.raises(Refused):
            file_dossier(new, actor=SYSTEM)
    assert not Case.objects.filter(kind="dossier").exists()


# ── Given back ──────────────────────────────────────────────────────────────────────────────────────────────────────


def plain(version_id: int) -> Case:
    new = NewDossier(version_id, "online", Applicant(name="An", phone="0905123456"), area_code="24778")
    return file_dossier(new, actor=SYSTEM).case


@pytest.fixture
def till(one_stop: OneStop) -> None:
    from motcua.kernel.payments.actions.tables import grow_version
    from motcua.kernel.payments.models import Payee

    Payee.objects.create(
        unit_id=one_stop.reception_one.parent_id or 0, bank_bin="970403", bank="Ngân hàng Thử", account="1010101010",
        account_name="UBND PHUONG MOT", agency="UBND", tax_code="5800000001", address="Đà Lạt",
        receipt_form="01BLP0-001", receipt_symbol="LD-{yy}E",
    )  # fmt: skip
    grow_version()


def test_withdrawn_in_time_the_fee_goes_back_once(one_stop: OneStop, fees: int, till: None) -> None:
    """Only what its rule gives back: the copies were made."""
    case = plain(fees)
    accept_dossier(case.id, actor=one_stop.nga)
    paid(case, 58_000)
    hand_over_dossier(case.id, actor=one_stop.nga)  # on the leg "tham-tra": still in time
    withdraw_dossier(case.id, actor=one_stop.nga, reason="Đã làm nơi khác")
    refund = Refund.objects.get()
    assert (refund.amount, refund.state, refund.asked_by) == (50_000, "asked", "system")
    assert obligations(case) == [(8_000, "refunding")]
    assert release_lines(Obligation.objects.get(case=case).pk, {"LP.khai-sinh"}, actor=SYSTEM, reason="Lần nữa") == []
    assert Refund.objects.count() == 1


def test_too_late_nothing_goes_back(one_stop: OneStop, fees: int, till: None, city: Any) -> None:
    from motcua.modules.dossiers.actions.working import pass_on_dossier

    case = plain(fees)
    accept_dossier(case.id, actor=one_stop.nga)
    paid(case, 58_000)
    hand_over_dossier(case.id, actor=one_stop.nga)
    pass_on_dossier(case.id, actor=one_stop.oanh)
    withdraw_dossier(case.id, actor=one_stop.nga, reason="Muộn")
    assert not Refund.objects.exists()
    assert obligations(case) == [(58_000, "paid")]


def test_what_was_not_paid_is_just_not_asked_for(one_stop: OneStop, fees: int, till: None) -> None:
    case = plain(fees)
    accept_dossier(case.id, actor=one_stop.nga)
    withdraw_dossier(case.id, actor=one_stop.nga, reason="Thôi")
    assert [state for _amount, state in obligations(case)] == ["cancelled"]
    assert not Refund.objects.exists()


def test_where_to_is_not_known_it_waits_for_a_clerk(one_stop: OneStop, fees: int, till: None) -> None:
    case = plain(fees)
    accept_dossier(case.id, actor=one_stop.nga)
    payment = paid(case, 58_000, payer="", account="")
    withdraw_dossier(case.id, actor=one_stop.nga, reason="Thôi")
    payment.refresh_from_db()
    assert (payment.surplus, Refund.objects.count()) == (50_000, 0)


def test_refused_at_the_reception_nothing_is_owed(one_stop: OneStop, fees: int) -> None:
    case = plain(fees)
    refuse_dossier(case.id, actor=one_stop.nga, reason="Không đúng nơi")
    assert obligations(case) == []


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ('refund_until = "tham-tra"', 'refund_until = "khong-co"', "refund_until"),
        ('when = { ">=" = [{ var = "age" }, 60] }', 'when = { "sai" = 1 }', "JSON-Logic"),
        ('registry = "population"\nwhen', "when", "when"),
        ('when = { ">=" = [{ var = "age" }, 60] }', "", "when"),
    ],
)
def test_a_wrong_rule_is_named(one_stop: OneStop, was: str, now: str, words: str) -> None:
    text = WHOLE.replace(was, now)
    assert text != WHOLE
    with pytest.raises(Refused) as refused:
        save_draft(text, actor=SYSTEM, code="1.000001")
    assert words in f"{refused.value.message} {refused.value.fields}"


def test_a_fee_asked_for_in_between_is_reckoned_and_waited_for(one_stop: OneStop, processing: Any) -> None:
    """The procedure's own, ready to be asked for; another one beside it; never twice."""
    text = WHOLE.replace('name = "Lệ phí đăng ký"\n', 'name = "Lệ phí đăng ký"\nwhen = "supplement"\n', 1)
    save_draft(text, actor=SYSTEM, code="1.000001")
    publish_draft("1.000001", actor=SYSTEM)
    found = in_force("1.000001")
    assert found is not None
    case = processing(version_id=found.id)
    client = signed_in(one_stop.oanh)
    address = f"/desk/ho-so/{case.id}/request-payment/"
    assert "Lệ phí đăng ký: 50.000 đ" in client.get(address).content.decode()
    half = {"version": case.version, "lines": "LP.khai-sinh", "name": "Phí đo đạc", "kind": "phi"}
    refused = client.post(address, half)
    assert refused.status_code == 422
    assert "Ghi cả tên khoản và số tiền." in refused.content.decode()
    assert "dossier.payment_requested" not in names(case)
    assert client.post(address, {**half, "amount": "30.000"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "payment_requested"
    asked = Obligation.objects.filter(case=case).latest("id")
    assert (asked.amount, [line["code"] for line in asked.lines]) == (80_000, ["LP.khai-sinh", "YC.phi"])


def names(case: Any) -> list[str]:
    return list(Event.objects.filter(case_id=case.id).values_list("name", flat=True))
