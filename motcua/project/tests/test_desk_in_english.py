"""Every page of the desk that needs no number, and the pages of a dossier on its way, in English: whole, without a
finding on accessibility, without an error, and without a Vietnamese word that has an English one."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import polib
import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from motcua.kernel.identity.kind import Actor
from motcua.lib import moment
from motcua.modules.dossiers.actions.apologising import ask_extension_dossier
from motcua.modules.dossiers.actions.consulting import consult_dossier
from motcua.modules.dossiers.actions.filing import Applicant, NewDossier, NewPaper, file_dossier
from motcua.modules.dossiers.actions.reception import accept_dossier, hand_over_dossier, request_supplement_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier, revise_dossier, take_dossier
from motcua.testing.browser import DESKTOP, OpenPage
from motcua.testing.city import MONDAY, City
from motcua.testing.one_stop import OneStop

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DATA = frozenset({"Ủy quyền đã thôi"})  # the subject of a Vietnamese message, among those that can be changed
OWN = frozenset({"Thẩm tra", "Ký giấy khai sinh", "Giấy chứng sinh", "Giấy khai sinh", "Đăng ký khai sinh (thử)"})
LISTS = ("/desk/phe-duyet/xac-nhan/", "/desk/nhieu/", "/desk/xin-y-kien/", "/desk/phe-duyet/y-kien/")  # titles as filed
TEXTS = """() => {
  const said = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { data, parentElement } = walk.currentNode;
    if (!parentElement.closest("[lang=vi], script, style, textarea, option, template")) said.push(data.trim());
  }
  for (const name of ["aria-label", "title", "placeholder"])
    document.querySelectorAll(`body [${name}]`).forEach((one) => said.push(one.getAttribute(name).trim()));
  return said;
}"""


def _addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, path)
        elif path.startswith("desk/") and "<" not in path:
            yield f"/{path}"


def _vietnamese() -> dict[str, str]:
    """Each source sentence that reads otherwise in English."""
    book = polib.pofile(str(settings.CODE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    return {
        entry.msgid: entry.msgstr
        for entry in book
        if entry.msgstr and entry.msgstr != entry.msgid and "%(" not in entry.msgid and "{" not in entry.msgid
        and entry.msgid not in DATA
    }  # fmt: skip


def _texts(page: "Page") -> set[str]:
    return set(page.evaluate(TEXTS)) - {""}


@pytest.fixture
def dossiers(city: City, one_stop: OneStop) -> list[str]:
    """One that came in, one that is worked on with an opinion asked, one that waits for the person, one proposed."""

    def made() -> int:
        new = NewDossier(
            version_id=one_stop.civil.id,
            way="online",
            applicant=Applicant(name="Nguyễn Thị An", phone="0905123456"),
            papers=[NewPaper("GT.chung-sinh", "upload", copies=1), NewPaper("GT.cu-tru", "registry")],
            area_code="24778",
            delivery="counter",
        )
        return file_dossier(new, actor=city.an).case.id

    def working() -> int:
        case_id = made()
        accept_dossier(case_id, actor=one_stop.nga)
        hand_over_dossier(case_id, actor=one_stop.nga)
        return case_id

    with moment.at(MONDAY):
        fresh, worked, asked, proposed = made(), working(), working(), working()
        take_dossier(worked, actor=one_stop.oanh)
        opinion = consult_dossier(worked, actor=one_stop.oanh, unit_id=city.ward_one.id, question="Đúng không?").id
        ask_extension_dossier(worked, actor=one_stop.oanh, reason="Chờ xác minh", longer="2 ngày làm việc")
        items = [{"paper": "GT.chung-sinh", "what": "Mờ", "how": "Chụp lại"}]
        request_supplement_dossier(asked, actor=one_stop.oanh, items=items, reason="Mờ")
        propose_dossier(proposed, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh")])
        revise_dossier(proposed, actor=city.minh, reason="Sai")
        propose_dossier(proposed, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh")])
    return [
        *(f"/desk/ho-so/{case_id}/" for case_id in (fresh, worked, asked, proposed)),
        f"/desk/xin-y-kien/{opinion}/",
        f"/desk/phe-duyet/ho-so/{proposed}/",
        f"/desk/phe-duyet/ho-so/{worked}/",
        f"/desk/phe-duyet/y-kien/{opinion}/",
        f"/desk/phe-duyet/xac-nhan/?case=approve-{proposed}-1",
        f"/desk/nhieu/extend/?case={worked}&case={asked}",
    ]


def test_the_desk_in_english(
    city: City,
    one_stop: OneStop,
    dossiers: list[str],
    open_page: OpenPage,
    sign_in: Callable[["Page", int], None],
    axe: Callable[["Page"], None],
) -> None:
    vietnamese = _vietnamese()
    wrong: list[str] = []
    waiting = [*sorted(set(_addresses(get_resolver().url_patterns))), *dossiers]
    people: list[Actor] = [city.quan, city.minh, one_stop.nga, one_stop.phuc, one_stop.oanh]
    for actor in people:
        page = open_page(width=DESKTOP, language="en")
        sign_in(page, actor.id or 0)
        for address in list(waiting):
            answer = page.request.get(address, max_redirects=0)
            if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
                continue
            waiting.remove(address)
            page.goto(address)
            if page.locator("h1").count() != 1:
                wrong.append(f"{address}: {page.locator('h1').count()} headings")
            axe(page)
            texts = _texts(page)
            wrong += [f"{address}: “{said}” is “{vietnamese[said]}”" for said in sorted(texts & set(vietnamese))]
            if address in dossiers and not address.startswith(LISTS):
                wrong += [f"{address}: “{said}”" for said in sorted(texts & OWN)]
        page.context.close()
    assert not wrong, "\n".join(wrong)
    # Addresses that only take what is sent to them, or that ask for more first.
    assert not [address for address in waiting if address in dossiers]
