"""Addresses of reports."""

from django.urls import path, re_path

from motcua.kernel.cases.views.page import reveal_person
from motcua.modules.incidents.rest import open311
from motcua.modules.incidents.views.desk import intake, moves, page, papers
from motcua.modules.incidents.views.portal import case, feeds, listing, offline, reporting

SUFFIX = r"\.(?P<suffix>xml|json)$"
CODE = r"(?P<code>[\w.-]{1,60})"

urlpatterns = [
    # For programs, which send more than everybody else: found first
    re_path(r"^open311/(?:v2/?)?$", open311.discovery, {"suffix": "xml"}, name="open311"),
    re_path(r"^open311(?:/v2)?/discovery" + SUFFIX, open311.discovery, name="open311_discovery"),
    re_path(r"^open311/v2/services" + SUFFIX, open311.services, name="open311_services"),
    re_path(rf"^open311/v2/services/{CODE}" + SUFFIX, open311.service, name="open311_service"),
    re_path(r"^open311/v2/requests" + SUFFIX, open311.requests, name="open311_requests"),
    re_path(rf"^open311/v2/requests/{CODE}" + SUFFIX, open311.request_by_id, name="open311_request"),
    re_path(rf"^open311/v2/tokens/{CODE}" + SUFFIX, open311.token, name="open311_token"),
    re_path(r"^open311/v2/servicerequestupdates" + SUFFIX, open311.updates, name="open311_updates"),
    re_path(r"^open311/(?P<rest>.*)$", open311.anything_else, name="open311_unknown"),
    # For everybody
    path("phan-anh/gui/", reporting.report, name="report"),
    path("phan-anh/goi-y/", reporting.report_hints, name="report_hints"),
    path("phan-anh/", listing.incidents, name="incidents"),
    path("phan-anh/ban-do.json", listing.incidents_map, name="incidents_map"),
    path("phan-anh/rss.xml", feeds.incidents_rss, name="incidents_rss"),
    path("phan-anh/atom.xml", feeds.incidents_atom, name="incidents_atom"),
    path("phan-anh/<str:code>/", case.incident, name="incident"),
    path("phan-anh/<str:code>/the/", listing.incident_card, name="incident_card"),
    path("phan-anh/<str:code>/da-gui/", reporting.report_done, name="report_done"),
    path("phan-anh/<str:code>/cung-gap/", case.incident_join, name="incident_join"),
    path("phan-anh/<str:code>/van-con/", case.incident_still_there, name="incident_still_there"),
    path("phan-anh/<str:code>/them/", case.incident_add, name="incident_add"),
    path("phan-anh/<str:code>/danh-gia/", case.incident_rate, name="incident_rate"),
    path("phan-anh/<str:code>/mo-lai/", case.incident_reopen, name="incident_reopen"),
    path("phan-anh/<str:code>/bao-tin/", case.incident_wants, name="incident_wants"),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("icon-<int:size>.png", offline.app_icon, name="app_icon"),
    path("p/<str:token>/", case.private_link, name="private_link"),
    # For officials
    path("desk/phan-anh/moi/", intake.take_in, name="incident_take_in"),
    path("desk/phan-anh/moi/goi-y/", intake.take_in_hints, name="incident_take_in_hints"),
    path("desk/cho-duyet/", page.approvals, name="incident_approvals"),
    path("desk/phan-anh/<int:case_id>/", page.case_page, name="incident_case"),
    path("desk/phan-anh/<int:case_id>/bien-ban.pdf", papers.visit_record, name="incident_record"),
    path("desk/phan-anh/<int:case_id>/nguoi-gui/<int:person_id>/", reveal_person, name="incident_reveal"),
    path("desk/phan-anh/<int:case_id>/<slug:slug>/", moves.move_page, name="incident_move"),
]
