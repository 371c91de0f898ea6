from claims.views.acts import ACTS, act
from claims.views.bulk import assign_picked
from claims.views.files import file, letter, picture
from claims.views.lists import claim_list
from claims.views.notice import report
from claims.views.record import detail, reserves, who_could

__all__ = [
    "ACTS",
    "act",
    "assign_picked",
    "claim_list",
    "detail",
    "file",
    "letter",
    "picture",
    "report",
    "reserves",
    "who_could",
]
