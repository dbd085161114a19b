"""The URLs of the page admin's own views."""

from functools import partial

from django.urls import path

from pages.admin.editing.editing_sessions import editing_session_view, new_page_session_view
from pages.admin.editing.page_preview import default_preview_view, live_preview, preview_view
from pages.admin.editing.translation_source import translation_source_view
from pages.admin.page_history import (
    compare_selected_view,
    compare_view,
    copy_to_draft_view,
    history_view,
    text_source_view,
    text_view,
)
from pages.admin.page_views import PageView
from pages.admin.permissions import VIEW
from pages.admin.picture_upload import PICTURE_URLS
from pages.admin.publishing import actions
from pages.admin.publishing.correct import correct_view
from pages.admin.publishing.handovers import SendBackForm, ready_choice_view, ready_view
from pages.admin.publishing.publish_view import publish_view
from pages.admin.publishing.record_forms import CorrectRecordForm, ReviewForm
from pages.admin.publishing.redact import redact_view
from pages.admin.publishing.remove_language import RemoveLanguageForm
from pages.models.permissions import MOVE, PUBLISH, REVIEW, WITHDRAW

PAGE_VIEWS = (
    PageView("publish/", "publish", publish_view, PUBLISH),
    PageView("revert/<int:number>/", "revert", publish_view, PUBLISH),
    PageView("correct/", "correct", correct_view, PUBLISH),
    PageView("remove/<slug:language>/", "remove_language", actions.action_view(RemoveLanguageForm), PUBLISH),
    PageView("withdraw/", "withdraw", actions.action_view(actions.WithdrawForm), WITHDRAW),
    PageView("bring-back/", "bring_back", actions.action_view(actions.BringBackForm), WITHDRAW),
    PageView("move/", "move", actions.action_view(actions.MoveForm), MOVE),
    PageView("confirm/<str:language>/", "confirm", actions.action_view(actions.ConfirmForm), PUBLISH),
    PageView("announcement/<int:number>/", "announcement", actions.action_view(actions.AnnouncementForm), PUBLISH),
    PageView(
        "correct/<int:number>/<slug:language>/", "correct_record", actions.action_view(CorrectRecordForm), PUBLISH
    ),
    PageView("review/", "review", actions.action_view(ReviewForm), REVIEW),
    PageView("ready/", "ready_choice", ready_choice_view, VIEW),
    PageView("ready/<str:language>/", "ready", ready_view, VIEW),
    PageView("send-back/<str:language>/", "send_back", actions.action_view(SendBackForm), PUBLISH),
    PageView("redact/<str:digest>/", "redact", redact_view, VIEW),
    PageView("history/", "history", history_view, VIEW),
    PageView("compare/", "compare_selected", compare_selected_view, VIEW),
    PageView("compare/<slug:language>/<state:older>...<state:newer>/", "compare", compare_view, VIEW),
    PageView("text/<slug:language>/<state:name>/", "text", text_view, VIEW),
    PageView("text/<slug:language>/<state:name>/source/", "text_source", text_source_view, VIEW),
    PageView("copy-to-draft/<slug:language>/<state:name>/", "copy_to_draft", copy_to_draft_view, VIEW),
    PageView("editing-session/", "editing_session", editing_session_view, VIEW),
    PageView("translation-source/<str:language>/", "translation_source", translation_source_view, VIEW),
    PageView("preview/", "default_draft_preview", default_preview_view, VIEW, is_preview=True),
    PageView("preview/<slug:language>/", "draft_preview", preview_view, VIEW, is_preview=True),
)


def page_urls(model_admin) -> list:
    return [
        *(view.url_pattern(model_admin) for view in PAGE_VIEWS),
        path(
            "add/editing-session/",
            model_admin.admin_site.admin_view(partial(new_page_session_view, model_admin)),
            name="pages_page_new_editing_session",
        ),
        # Not wrapped in `admin_view`, which would put the login page into the preview of a logged-out editor.
        path("preview/", live_preview, name="pages_page_preview"),
        *PICTURE_URLS,
    ]
