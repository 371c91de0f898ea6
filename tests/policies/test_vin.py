"""What a VIN says of itself, by published numbers."""

import pytest

from policies.vin import check_digit, read_vin


@pytest.mark.parametrize(
    "vin",
    [
        "1M8GDM9AXKP042788",  # the worked example of the weighting: 351 = 31 * 11 + 10, so X
        "11111111111111111",  # the well-known one that is its own proof: 89 = 8 * 11 + 1
        "5GZCZ43D13S812715",
        "5YJ3E1EA0KF000316",
        "1HGCM82633A004352",
    ],
)
def test_a_published_number_is_sound(vin):
    assert read_vin(vin).is_sound
    assert check_digit(vin) == vin[8]


@pytest.mark.parametrize("place", [place for place in range(17) if place != 8])
def test_one_wrong_sign_is_found(place):
    """A digit raised by one moves the sum by its weight, which 11 does not divide."""
    vin = "11111111111111111"
    wrong = f"{vin[:place]}2{vin[place + 1 :]}"

    assert not read_vin(wrong).is_sound


@pytest.mark.parametrize("vin", ["", "1HGCM82633A00435", "1HGCM82633A00435O", "IHGCM82633A004352"])
def test_what_is_no_vin_says_nothing(vin):
    assert read_vin(vin) is None


def test_small_letters_and_spaces_around_are_read():
    assert read_vin(" 1hgcm82633a004352 ").maker == "Honda"


@pytest.mark.parametrize(
    ("vin", "years"),
    [
        ("1HGCM82633A004352", (2003, 2033)),  # a figure in seventh place: either round
        ("1M8GDM9AXKP042788", (1989, 2019)),
        ("5YJ3E1EA0KF000316", (2019,)),  # a letter in seventh place: 2010 or later
    ],
)
def test_the_tenth_sign_is_the_model_year(vin, years):
    assert read_vin(vin).model_years == years


def test_a_sign_that_means_no_year_fits_none():
    reading = read_vin("111111111U1111111")

    assert (reading.model_years, reading.fits_year(2021)) == ((), False)


def test_outside_of_north_america_the_ninth_sign_proves_nothing():
    reading = read_vin("WVWZZZ1JZ3W386752")

    assert (reading.is_sound, reading.needs_check, reading.maker) == (True, False, "Volkswagen")
    assert reading.fits_year(1999)


def test_a_maker_that_the_register_does_not_know_is_not_named():
    assert read_vin("11111111111111111").maker is None
