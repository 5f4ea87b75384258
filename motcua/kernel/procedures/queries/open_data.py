"""The catalogue as linked data: CPSV-AP (the European vocabulary for public services) as JSON-LD, and DCAT for all that
the house publishes.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from motcua.kernel.org import queries as org
from motcua.kernel.packs.queries import city_setting
from motcua.kernel.procedures.models import Field, LifeEvent, ProcedureVersion
from motcua.kernel.procedures.queries.search import shelf
from motcua.lib.worktime import Duration, Unit

CONTEXT: dict[str, Any] = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
BATCH = 200
_XSD = {
    Unit.WORKING_MINUTE: "PT{n}M",
    Unit.WORKING_HOUR: "PT{n}H",
    Unit.WORKING_DAY: "P{n}D",
    Unit.DAY: "P{n}D",
    Unit.MONTH: "P{n}M",
}


class Names:
    """What a procedure only names by its code."""

    def __init__(self) -> None:
        self.fields = {row.code: _both(row.name, row.name_en) for row in Field.objects.all()}
        self.life_events = {row.code: _both(row.name, row.name_en) for row in LifeEvent.objects.all()}
        roots = org.tree().children(None)
        self.authority = roots[0].name if roots else ""


def _both(vietnamese: str, english: str = "") -> list[dict[str, str]]:
    found = [{"@language": "vi", "@value": vietnamese}] if vietnamese else []
    return [*found, {"@language": "en", "@value": english}] if english else found


def service(body: Mapping[str, Any], url: str, names: Names) -> dict[str, Any]:
    """``body`` as it is kept. What is empty is left out."""
    legal = [
        {"@type": "eli:LegalResource", "eli:id_local": each["number"], "dct:title": _both(each.get("name", ""))}
        for each in body.get("basis", ())
    ]
    rules = [
        {"@type": "cpsv:Rule", "dct:title": _both(title, title_en), "dct:description": words}
        for key, title, title_en in (("steps", "Trình tự", "Steps"), ("conditions", "Điều kiện", "Conditions"))
        if (words := _both(body.get(key, ""), body.get(f"{key}_en", "")))
    ]
    found = {
        "@id": url,
        "@type": "cpsv:PublicService",
        "dct:identifier": body["code"],
        "dct:title": _both(body["name"], body.get("name_en", "")),
        "dct:description": _both(body.get("summary", ""), body.get("summary_en", "")),
        "dct:language": ["vi", *(["en"] if body.get("name_en") else [])],
        "dcat:keyword": [{"@language": "vi", "@value": word} for word in body.get("keywords", ())],
        "cv:thematicArea": {"@type": "skos:Concept", "skos:notation": body["field"]}
        | {"skos:prefLabel": names.fields.get(body["field"], [])},
        "cv:isGroupedBy": [
            {"@type": "cv:LifeEvent", "dct:identifier": code, "dct:title": names.life_events.get(code, [])}
            for code in body.get("life_events", ())
        ],
        "cv:hasCompetentAuthority": {
            "@type": "cv:PublicOrganisation",
            "dct:title": _both(body.get("agency") or names.authority),
        },
        "cv:processingTime": _shortest(body),
        "cv:hasChannel": [_channel(way) for way in body.get("ways", ())],
        "cpsv:hasInput": _inputs(body),
        "cpsv:produces": [
            {"@type": "cpsv:Output", "dct:identifier": each["code"]}
            | {"dct:title": _both(each["name"], each.get("name_en", ""))}
            for each in body.get("results", ())
        ],
        "cv:hasCost": _costs(body),
        "cv:hasLegalResource": legal,
        "cpsv:follows": rules,
        "foaf:page": body.get("url", ""),
    }
    return {key: value for key, value in found.items() if value not in ("", [], None)}


def _xsd(time: str) -> dict[str, str] | None:
    """A working day is told as a day: the vocabulary knows no other."""
    try:
        duration = Duration.parse(time)
    except ValueError:
        return None
    number = f"{duration.amount.normalize():f}"
    return (
        {"@type": "xsd:duration", "@value": _XSD[duration.unit].format(n=number)} if duration.amount % 1 == 0 else None
    )


def _shortest(body: Mapping[str, Any]) -> dict[str, str] | None:
    return next((found for way in body.get("ways", ()) if (found := _xsd(way.get("time", "")))), None)


def _channel(way: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "cv:Channel", "dct:type": way["way"]}
    if time := _xsd(way.get("time", "")):
        found["cv:processingTime"] = time
    if words := _both(way.get("note", ""), way.get("note_en", "")):
        found["dct:description"] = words
    return found


def _inputs(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each paper once, though several cases may ask for it."""
    papers = {paper["code"]: paper for case in body.get("cases", ()) for paper in case.get("papers", ())}
    return [
        {"@type": "cv:Evidence", "dct:identifier": code} | {"dct:title": _both(paper["name"], paper.get("name_en", ""))}
        for code, paper in papers.items()
    ]


def _costs(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for fee in body.get("fees", ()):
        cost: dict[str, Any] = {"@type": "cv:Cost", "dct:description": _both(fee["name"], fee.get("name_en", ""))}
        if fee["rule"]["type"] == "fixed":
            cost |= {"cv:value": fee["rule"]["amount"], "cv:currency": "VND"}
        found.append(cost)
    return found


def services(address: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """All that are in force, the city's own first, a few at a time. ``address`` makes the URL of a code."""
    kept = shelf()
    names = Names()
    order = kept.in_order
    for start in range(0, len(order), BATCH):
        wanted = order[start : start + BATCH]
        bodies = dict(ProcedureVersion.objects.filter(pk__in=wanted).values_list("pk", "body"))
        for pk in wanted:
            if pk in bodies:
                yield service(bodies[pk], address(bodies[pk]["code"]), names)


# ── What there is ───────────────────────────────────────────────────────────────────────────────────────────────────

# identifier, title, description, (address name, media type, format)
DATASETS = (
    (
        "procedures",
        _("Thủ tục hành chính"),
        _("Mọi thủ tục đang có hiệu lực: giấy tờ, thời gian, phí, các bước, căn cứ pháp lý. Theo CPSV-AP."),
        (
            ("procedures_cpsv", "application/ld+json", "CPSV-AP JSON-LD"),
            ("api-v1:list_procedures", "application/json", "JSON"),
        ),
    ),
    (
        "reports",
        _("Phản ánh của người dân"),
        _("Các phản ánh được công khai, mới nhất trước, không có dữ liệu cá nhân."),
        (
            ("incidents_rss", "application/rss+xml", "RSS"),
            ("incidents_atom", "application/atom+xml", "Atom"),
            ("api-v1:list_incidents", "application/json", "JSON"),
        ),
    ),
    (
        "promises",
        _("Số liệu đúng hẹn"),
        _("Việc nhận, việc xong đúng hẹn và trễ hẹn của từng cơ quan, từng ngày."),
        (("board_csv", "text/csv", "CSV"), ("api-v1:board", "application/json", "JSON")),
    ),
    (
        "savings",
        _("Chi phí tuân thủ thủ tục"),
        _("Mỗi thủ tục tốn bao nhiêu giờ và tiền trước và nay, số hồ sơ, phần tiết kiệm một năm."),
        (("savings_csv", "text/csv", "CSV"), ("savings_json", "application/json", "JSON")),
    ),
)


def data_catalogue(address: Callable[[str], str], home: str) -> dict[str, Any]:
    """DCAT as ``/data.json`` says it. ``address`` makes the URL of an address name, "" where there is none."""
    publisher = {"@type": "org:Organization", "name": Names().authority}
    email = city_setting("contact", "email", "")
    datasets = []
    for identifier, title, description, forms in DATASETS:
        distributions = [
            {"@type": "dcat:Distribution", "downloadURL": url, "mediaType": media, "format": form, "title": form}
            for name, media, form in forms
            if (url := address(name))
        ]
        if distributions:
            datasets.append(
                {
                    "@type": "dcat:Dataset",
                    "identifier": f"{home}#{identifier}",
                    "title": str(title),
                    "description": str(description),
                    "keyword": [str(title)],
                    "accessLevel": "public",
                    "language": ["vi", "en"],
                    "publisher": publisher,
                    "contactPoint": {"@type": "vcard:Contact", "fn": publisher["name"]}
                    | ({"hasEmail": f"mailto:{email}"} if email else {}),
                    "distribution": distributions,
                }
            )
    return {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@id": home,
        "@type": "dcat:Catalog",
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "dataset": datasets,
    }
