"""The pages about members, as `govsites_members:<name>` below /admin/members/."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from sites.members import list_views, own_views, past_views, people_views, right_views, site_views


class InvitationAction(StringConverter):
    regex = "again|take-back"


register_converter(InvitationAction, "invitation_action")

urlpatterns = [
    path("", site_views.index, name="index"),
    path("mine/", own_views.MineView.as_view(), name="mine"),
    path("switch/<int:tenant_id>/", own_views.switch, name="switch"),
    path("past/", past_views.PastView.as_view(), name="past"),
    path("people/", people_views.PeopleView.as_view(), name="people"),
    path("people/new/", people_views.AccountView.as_view(), name="account"),
    path("people/list/", list_views.ListView.as_view(), name="list"),
    path("people/list/carry-out/", list_views.CarryOutView.as_view(), name="carry_out"),
    path("people/list/empty/", list_views.empty_list, name="empty_list"),
    path("people/<int:user_id>/", people_views.PersonView.as_view(), name="person"),
    path("people/<int:user_id>/link/", people_views.LinkView.as_view(), name="link"),
    path("people/<int:user_id>/close/", people_views.CloseView.as_view(), name="close"),
    path("people/<int:user_id>/open/", people_views.ReopenView.as_view(), name="reopen"),
    path("people/<int:user_id>/role/", people_views.WideRoleView.as_view(), name="wide_role"),
    path("site/<str:code>/", site_views.SiteView.as_view(), name="site"),
    path("site/<str:code>/invite/", site_views.InviteView.as_view(), name="invite"),
    path("site/<str:code>/role/<int:user_id>/", site_views.GiveRoleView.as_view(), name="give_role"),
    path(
        "site/<str:code>/invitation/<int:pk>/<invitation_action:action>/",
        site_views.InvitationView.as_view(),
        name="invitation",
    ),
    path("right/<int:pk>/end/", right_views.ChangeEndView.as_view(), name="change_end"),
    path("right/<int:pk>/revoke/", right_views.RevokeView.as_view(), name="revoke"),
    path("right/<int:pk>/columns/", right_views.ColumnsView.as_view(), name="columns"),
]
