"""What has happened: by kind of policy and cause, with what it may cost, and the words for it."""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """How the people of the office speak of a loss of one kind."""

    seen: str
    offered: str
    withdrawn: str


AUTO = {
    "collision": ("Hit from behind at a red light.", (1800, 9500)),
    "hail": ("Hail dented the roof and the hood.", (900, 4200)),
    "theft": ("The car was gone in the morning.", (7000, 19000)),
    "glass": ("A stone broke the windscreen.", (350, 900)),
    "vandalism": ("Both doors were scratched overnight.", (700, 2600)),
    "animal": ("A deer ran into the car.", (1500, 6000)),
}
HOME = {
    "fire": ("A pan caught fire and the kitchen burned.", (6000, 38000)),
    "water": ("A supply line under the sink burst overnight.", (3000, 21000)),
    "wind_hail": ("The storm took shingles off the roof.", (2500, 15000)),
    "theft": ("Somebody broke in and took the electronics.", (1200, 7000)),
    "vandalism": ("The garage door was smashed.", (900, 3500)),
}
LIABILITY = {
    "slip_fall": ("A visitor slipped on a wet floor and broke a wrist.", (2500, 14000)),
    "falling_object": ("A box fell from a shelf onto a customer's foot.", (1800, 7000)),
    "work_damage": ("A ladder went through the client's window.", (1500, 6000)),
}
PROPERTY = {
    "fire": ("A fryer caught fire and smoke filled the shop.", (8000, 38000)),
    "water": ("A sprinkler head broke over the stock.", (4000, 21000)),
    "theft": ("Somebody broke in at night and took goods.", (2500, 9000)),
    "vandalism": ("The shop window was smashed.", (1800, 5000)),
}
COMPENSATION = {
    "strain": ("A worker hurt the back while lifting a crate.", (900, 9500)),
    "fall": ("A worker fell from a step ladder.", (1200, 14000)),
    "burn": ("A worker was scalded by hot water.", (700, 4500)),
}
MEDICAL = {
    "illness": ("Appendicitis, operated on the same night.", (11000, 19500)),
    "injury": ("A broken wrist after a fall on the stairs.", (8500, 12500)),
    "emergency": ("Seen in the emergency room after an allergic reaction.", (3200, 9800)),
    "maternity": ("Birth in the hospital, mother and child are well.", (12500, 19000)),
}
GROUP_MEDICAL = {
    "illness": ("An employee had pneumonia and three days in the hospital.", (9000, 18000)),
    "injury": ("An employee tore a ligament while playing soccer.", (5500, 12500)),
    "emergency": ("An employee was taken to the emergency room at night.", (3500, 8500)),
}
# What a life costs is the sum insured.
TERM_LIFE = {
    "death_illness": ("The insured spouse died after a short illness.", None),
    "death_accident": ("The insured spouse died in a car accident.", None),
    "terminal_illness": ("The physician certifies less than twelve months to live.", None),
}
STORIES: dict[str, Mapping[str, tuple[str, tuple[int, int] | None]]] = {
    "auto": AUTO,
    "home": HOME,
    "liability": LIABILITY,
    "property": PROPERTY,
    "compensation": COMPENSATION,
    "medical": MEDICAL,
    "group_medical": GROUP_MEDICAL,
    "term_life": TERM_LIFE,
}

THINGS = Words(
    seen="Seen on site; the damage agrees with the photos.",
    offered="The repair, less wear and your deductible.",
    withdrawn="The other side paid for everything.",
)
INJURIES = Words(
    seen="The treating physician's report agrees with what was told.",
    offered="What the treatment costs, less the deductible.",
    withdrawn="The injured person asks for nothing.",
)
BILLS = Words(
    seen="The bill agrees with the records and the agreed rates.",
    offered="The allowed amount of the bill, less the deductible.",
    withdrawn="The hospital has corrected its bill; nothing is left to pay.",
)
LIVES = Words(
    seen="The certificate is genuine, and the application was answered truly.",
    offered="The benefit that the policy promises.",
    withdrawn="The family reported it to the wrong insurer.",
)
WORDS = {
    "liability": INJURIES,
    "compensation": INJURIES,
    "medical": BILLS,
    "group_medical": BILLS,
    "term_life": LIVES,
}
