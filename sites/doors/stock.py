"""The verdicts of the views that Wagtail brings along.

What lists the whole platform, or cannot be limited, is closed: to everybody where an operator has a page of ours for
it or cannot use it at thousands of sub-sites (all groups in a form, all collections in a select), else to members.
Views that sites/doors/urls.py replaces are closed as well; their addresses lead to ours.
"""

from __future__ import annotations

from sites.doors.checks import (
    BULK_ACTION,
    EDITING_SESSION,
    document,
    explored_page,
    own_upload,
    picture,
    public_media,
    sends,
    sent_media,
    sent_pages,
)
from sites.doors.verdicts import CLOSED, MEMBER, OPERATOR, PAGE, PUBLIC, Verdict
from sites.models import SiteFile, SiteImage


def _all(namespace: str, names: str, verdict: Verdict) -> dict[str, Verdict]:
    """Return the verdict for each of the names (one string, spaces between) in the namespace ("" for none)."""
    return {f"{namespace}:{name}" if namespace else name: verdict for name in names.split()}


WRITES_PAGE = PAGE("page_id", "write")
WRITES_PARENT = PAGE("parent_page_id", "write")

SIGN_IN = {
    **_all(
        "",
        "wagtailadmin_login wagtailadmin_logout wagtailadmin_sprite wagtailadmin_javascript_catalog"
        " wagtailadmin_password_reset wagtailadmin_password_reset_done wagtailadmin_password_reset_confirm"
        " wagtailadmin_password_reset_complete",
        PUBLIC,
    ),
    "wagtail.admin.views.home.default": PUBLIC,  # the 404 page of the admin
    # Signing in at a public address, and passwords on single pages: citizens never sign in.
    **_all(
        "",
        "wagtailcore_login wagtailcore_authenticate_with_password wagtaildocs_authenticate_with_password",
        CLOSED,
    ),
    **_all("", "django.views.generic.base.TemplateView wagtailadmin_error_test", CLOSED),  # pages to test errors with
}

GENERAL = {
    **_all("", "wagtailadmin_home wagtailadmin_account wagtailadmin_dismissibles wagtailadmin_block_preview", MEMBER),
    # The side bar has a plain link to the explorer in the place of the tree that asked for these.
    **_all("wagtailadmin_api:pages", "listing detail find action", CLOSED),
    **_all("wagtailadmin_api:documents", "listing detail find", CLOSED),
    **_all("wagtailadmin_api:images", "listing detail find", CLOSED),
    "wagtail_bulk_action": BULK_ACTION,
    "wagtailadmin_editing_sessions:ping": EDITING_SESSION,
    "wagtailadmin_editing_sessions:release": MEMBER,  # ends one's own session alone
    "wagtailadmin_tag_autocomplete": CLOSED,  # ours: the tags of the media in reach
    "wagtailadmin_tag_model_autocomplete": CLOSED,
    **_all("wagtailembeds", "chooser chooser_upload", CLOSED),  # no text offers embedding
    "wagtailsnippets:index": CLOSED,
}

PAGES = {
    "wagtailadmin_explore_root": MEMBER,
    **_all("", "wagtailadmin_explore wagtailadmin_explore_results", explored_page("parent_page_id")),
    **_all("wagtailadmin_pages", "add preview_on_add add_subpage", WRITES_PARENT),
    **_all("wagtailadmin_pages", "edit preview_on_edit view_draft delete convert_alias usage", WRITES_PAGE),
    **_all(
        "wagtailadmin_pages", "revisions_index revisions_view revisions_revert history history_results", WRITES_PAGE
    ),
    "wagtailadmin_pages:revisions_compare": PAGE("pk", "write"),
    "wagtailadmin_pages:copy": WRITES_PAGE & sent_pages("new_parent_page", "write"),
    "wagtailadmin_pages:move": PAGE("page_to_move_id", "write") & sent_pages("new_parent_page", "write"),
    "wagtailadmin_pages:move_confirm": PAGE("page_to_move_id", "write") & PAGE("destination_id", "write"),
    **_all("wagtailadmin_pages", "search search_results type_use type_use_results", MEMBER),
    # Publishing is by signature; these need Wagtail's right to publish or to lock.
    **_all("wagtailadmin_pages", "unpublish lock unlock revisions_unschedule set_page_position", OPERATOR),
    **_all("wagtailadmin_pages", "choose_parent set_privacy", CLOSED),
    **_all(
        "wagtailadmin_pages",
        "workflow_action collect_workflow_action_data confirm_workflow_cancellation workflow_preview workflow_history"
        " workflow_history_detail",
        CLOSED,
    ),
    # Ours: begins at one's own site
    **_all("", "wagtailadmin_choose_page wagtailadmin_choose_page_child wagtailadmin_choose_page_search", CLOSED),
    "wagtailadmin_choose_page_chosen_multiple": sent_pages("id", "write"),
    **_all(
        "",
        "wagtailadmin_choose_page_email_link wagtailadmin_choose_page_phone_link wagtailadmin_choose_page_anchor_link",
        MEMBER,
    ),
    "wagtailadmin_choose_page_external_link": sends("external-link-chooser-url"),
}

PICTURES = {
    **_all("wagtailimages", "index index_results add add_multiple", MEMBER),
    **_all("wagtailimages", "edit preview edit_multiple", picture("image_id")),
    "wagtailimages:image_usage": CLOSED,  # ours
    **_all("wagtailimages", "delete delete_multiple", picture("image_id", "delete")),
    **_all(
        "wagtailimages", "create_multiple_from_uploaded_image delete_upload_multiple", own_upload("uploaded_file_id")
    ),
    **_all("wagtailimages", "url_generator url_generator_output", CLOSED),  # no such addresses are served
    **_all("wagtailimages_chooser", "choose choose_results create", MEMBER),
    "wagtailimages_chooser:chosen": picture("pk", "choose"),
    "wagtailimages_chooser:chosen_multiple": sent_media(SiteImage, "choose"),
    "wagtailimages_chooser:select_format": picture("image_id", "choose"),
}

FILES = {
    "wagtaildocs_serve": PUBLIC,  # sites/doors/files.py says which file on which host
    "django.views.static.serve": public_media("path"),
    **_all("wagtaildocs", "index index_results add add_multiple", MEMBER),
    "wagtaildocs:edit": document("document_id"),
    "wagtaildocs:document_usage": CLOSED,  # ours
    "wagtaildocs:delete": document("document_id", "delete"),
    "wagtaildocs:edit_multiple": document("doc_id"),
    "wagtaildocs:delete_multiple": document("doc_id", "delete"),
    **_all(
        "wagtaildocs", "create_multiple_from_uploaded_document delete_upload_multiple", own_upload("uploaded_file_id")
    ),
    **_all("wagtaildocs_chooser", "choose choose_results create", MEMBER),
    "wagtaildocs_chooser:chosen": document("pk", "choose"),
    "wagtaildocs_chooser:chosen_multiple": sent_media(SiteFile, "choose"),
}

PLATFORM = {
    # Sites and accounts are kept on the platform's own pages, shelves by sites/media; there is one review, and no groups.
    **_all("wagtailsites", "index index_results add edit delete history history_results usage copy", CLOSED),
    **_all("wagtailusers_users", "index index_results add edit delete history history_results usage copy", CLOSED),
    **_all("wagtailusers_groups", "index index_results add edit delete history history_results usage", CLOSED),
    **_all("wagtailadmin_collections", "index add edit delete set_privacy", CLOSED),
    **_all(
        "wagtailadmin_workflows",
        "index index_results add enable disable edit usage usage_results remove add_task select_task_type task_index"
        " task_index_results edit_task disable_task enable_task task_chooser task_chooser_results task_chooser_create"
        " task_chosen",
        CLOSED,
    ),
    **_all("wagtailadmin_reports", "workflow workflow_results workflow_tasks workflow_tasks_results", CLOSED),
    **_all("wagtailadmin_reports", "page_types_usage page_types_usage_results", CLOSED),
    **_all("wagtailadmin_reports", "aging_pages aging_pages_results", CLOSED),  # the desk shows each column's care
    **_all("wagtailadmin_reports", "site_history site_history_results", CLOSED),  # ours, for operators
    **_all("wagtailadmin_reports", "locked_pages locked_pages_results", OPERATOR),
    **_all("wagtailredirects", "index index_results add edit delete start_import process_import", OPERATOR),
}

STOCK: dict[str, Verdict] = {**SIGN_IN, **GENERAL, **PAGES, **PICTURES, **FILES, **PLATFORM, "wagtail_serve": PUBLIC}
