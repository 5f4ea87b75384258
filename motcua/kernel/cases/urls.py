from django.urls import path

from motcua.kernel.cases.views import inbox, links, rules

urlpatterns = [
    path("duong-dan/<str:code>/", links.own_link, name="own_link"),
    path("desk/duong-dan/<int:case_id>/<int:party_id>/", links.party_link, name="party_link"),
    path("desk/", inbox.inbox_page, name="inbox"),
    path("desk/nhieu/<str:move_name>/", inbox.bulk_page, name="inbox_bulk"),
    path("desk/quan-tri/loai-viec/", rules.categories_page, name="categories"),
    path("desk/quan-tri/loai-viec/them/", rules.category_form, name="category_new"),
    path("desk/quan-tri/loai-viec/<int:row_id>/", rules.category_form, name="category"),
    path("desk/quan-tri/chuyen-viec/", rules.routing_page, name="routing"),
    path("desk/quan-tri/chuyen-viec/them/", rules.routing_form, name="routing_new"),
    path("desk/quan-tri/chuyen-viec/<int:row_id>/", rules.routing_form, name="routing_rule"),
    path("desk/quan-tri/chuyen-viec/<int:row_id>/bo/", rules.routing_remove, name="routing_remove"),
    path("desk/quan-tri/thoi-han/", rules.clock_rules_page, name="clock_rules"),
    path("desk/quan-tri/thoi-han/them/", rules.clock_rule_form, name="clock_rule_new"),
    path("desk/quan-tri/thoi-han/<int:row_id>/", rules.clock_rule_form, name="clock_rule"),
    path("desk/quan-tri/thoi-han/<int:row_id>/bo/", rules.clock_rule_remove, name="clock_rule_remove"),
]
