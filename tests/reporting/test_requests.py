import pytest

from helpers.reporting.requests import digest_of, split_at_commas


@pytest.mark.parametrize(
    ("text", "parts"),
    [("1,2", ["1", "2"]), ("[1,2],[3]", ["[1,2]", "[3]"]), ("{a: [1,2]}", ["{a: [1,2]}"]), ("", [""]), ("a", ["a"])],
)
def test_sweep_values_split_at_commas_outside_brackets(text: str, parts: list[str]) -> None:
    assert split_at_commas(text) == parts


def test_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": "1"})
