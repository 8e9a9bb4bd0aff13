"""The notices' addresses, below /admin/notices/."""

from django.urls import path

from sites.notices import announcement_views, listing

urlpatterns = [
    path("", listing.NoticeListView.as_view(), name="list"),
    path("results/", listing.NoticeListView.as_view(results_only=True), name="list_results"),
    path("unread/", listing.unread, name="unread"),
    path("read-all/", listing.read_all, name="read_all"),
    path("<int:notice_id>/", listing.read, name="read"),
    path("announce/", announcement_views.write, name="announce"),
    path("announcements/", announcement_views.AnnouncementListView.as_view(), name="announcements"),
    path(
        "announcements/results/",
        announcement_views.AnnouncementListView.as_view(results_only=True),
        name="announcements_results",
    ),
    path("announcements/<int:announcement_id>/", announcement_views.announcement, name="announcement"),
]
