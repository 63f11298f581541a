import pytest

from helpers.errors import nearest, unknown


@pytest.mark.parametrize(
    ("name", "guess"), [("min_suport", "min_support"), ("SEED", "seed"), ("garcia", None), ("zzz", None)]
)
def test_nearest_name_whatever_its_case(name: str, guess: str | None) -> None:
    assert nearest(name, ["min_support", "seed"]) == guess


def test_a_long_list_of_choices_is_summed_up() -> None:
    message = str(unknown("customer", "Nobody", [f"c{i:04}" for i in range(1500)]))
    assert message == "unknown customer 'Nobody': There are 1,500, from c0000 to c1499."


def test_no_choice_at_all() -> None:
    assert str(unknown("case", "wine", [])) == "unknown case 'wine': There are none."
