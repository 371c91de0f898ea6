"""What a letter must not say, in both languages, and what it may."""

import pytest

from claims import wording
from office.exceptions import Refused


@pytest.mark.parametrize(
    "text",
    [
        "This is our final payment.",
        "We enclose FINAL settlement of your loss.",
        "This is payment in full.",
        "We offer it in full settlement of your claim.",
        "Please sign the full release below.",
        "It requires a general release.",
        "Sign a release of all claims.",
        "Este es el pago definitivo.",
        "Es nuestro pago final.",
        "Firme el finiquito.",
        "Supone la liberación total de responsabilidad.",
        "La renuncia general a sus derechos.",
    ],
)
def test_partial_payment_must_not_end_the_claim(text):
    assert wording.faults(text, is_partial=True)
    assert wording.faults(text, is_partial=False) == []
    with pytest.raises(Refused) as refusal:
        wording.require_lawful(text, is_partial=True)
    assert refusal.value.field == "reasons"


@pytest.mark.parametrize(
    "text",
    [
        "We pay once you withdraw your complaint to the Department of Insurance.",
        "Please drop the complaint.",
        "You agree to rescind any complaint made to the regulator.",
        "You will not file a complaint with the Department.",
        "Pagaremos cuando retire su queja ante el Departamento.",
        "Si desiste de la queja, pagamos.",
    ],
)
@pytest.mark.parametrize("is_partial", [True, False])
def test_no_letter_asks_to_drop_a_complaint(text, is_partial):
    with pytest.raises(Refused, match="complaint to the regulator"):
        wording.require_lawful(text, is_partial=is_partial)


@pytest.mark.parametrize(
    "text",
    [
        "We finally looked at the roof; the estimate of the roofer is complete.",
        "The repair less wear and your deductible.",
        "You may file a complaint with the Department of Insurance at any time.",
        "Puede presentar una queja ante el Departamento de Seguros.",
        "Withdraw the keys before the tow truck comes. We received your complaint.",
    ],
)
def test_plain_words_pass(text):
    assert wording.faults(text, is_partial=True) == []


def test_several_faults_are_all_named_once():
    text = "This final payment, a final one, needs a full release. Withdraw your complaint."

    assert wording.faults(text, is_partial=True) == [
        "A partial payment must not be called final.",
        "A partial payment must not ask for a full release.",
        "A letter must not ask to drop a complaint to the regulator.",
    ]
