from underwriting.views.acts import act, negotiate, quote_act
from underwriting.views.application import apply, edit, new
from underwriting.views.changes import add_item, endorse
from underwriting.views.pages import (
    compare,
    compare_paper,
    detail,
    progress,
    submission_list,
    worksheet,
    worksheet_paper,
)

__all__ = [
    "act",
    "add_item",
    "apply",
    "compare",
    "compare_paper",
    "detail",
    "edit",
    "endorse",
    "negotiate",
    "new",
    "progress",
    "quote_act",
    "submission_list",
    "worksheet",
    "worksheet_paper",
]
