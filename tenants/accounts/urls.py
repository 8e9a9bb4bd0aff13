"""The account's pages in the admin, as `govsites_accounts:<name>` below /admin/accounts/."""

from django.urls import path

from tenants.accounts.views import oversight, own

urlpatterns = [
    path("password/", own.password, name="password"),
    path("second-factor/", own.second_step, name="second_factor"),
    path("second-factor/set-up/", own.set_up, name="set_up"),
    path("sessions/", own.my_sessions, name="sessions"),
    path("log/", own.my_log, name="my_log"),
    path("resume/", own.resume, name="resume"),
    path("back/", own.back, name="back"),
    path("log/<int:user_id>/", oversight.log, name="log"),
    path("log/all/", oversight.whole_log, name="whole_log"),
    path("lockouts/", oversight.lockouts, name="lockouts"),
]
