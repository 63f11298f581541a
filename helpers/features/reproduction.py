"""Do we find what a published study found, within what, and where we do not, why?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.wording import number

LINE = ["published", "ours", "low", "high", "within", "agrees", "why"]
NOT_PRINTED, NOT_FOUND, UNKNOWN = "the study prints none", "this run has none", "not known"
BY_SEED = "it changes with the seed: the range has it"


def read_published(module: str, name: str, **options: Any) -> pd.DataFrame:
    """Return what a study printed: published_`name`.csv beside the file of a module; options are of `read_csv`."""
    return pd.read_csv(Path(module).with_name(f"published_{name}.csv"), **options)


def against_published(
    module: str, name: str, runs: Sequence[pd.DataFrame], keys: list[str], within: float | None = None
) -> pd.DataFrame:
    """Return `lines` of published_`name`.csv and our runs; reasons stand in published_why.csv beside it."""
    printed = read_published(module, name, dtype=str).assign(**read_published(module, name)[keys])
    why = read_published(module, "why", keep_default_na=False)
    return lines(printed, runs, keys, why[why["table"] == name], within)


def lines(
    printed: pd.DataFrame,
    runs: Sequence[pd.DataFrame],
    keys: list[str],
    reasons: pd.DataFrame,
    within: float | None = None,
) -> pd.DataFrame:
    """Return a line for each figure that a study printed or that we have: `keys`, figure, and the columns of LINE.

    `printed` holds the figures as texts, in columns of their own, or as figure and value; each of our `runs` has
    these columns. Ours is the first run; low and high are the ends of all, and empty where these are the same. A
    figure agrees if it lies at most `within` from ours, or from the range of our runs: half a unit of the last digit
    that the study printed, if not told otherwise; what it did not print has nothing to agree with. `reasons` (of,
    figure, why; an empty cell stands for any, and the first that fits counts) say why ours is another; `of` is the
    first key.

    Examples
    --------
    >>> printed = pd.DataFrame({"clusters": [2, 3], "share": ["0.58", "0.42"]})
    >>> ours = pd.DataFrame({"clusters": [2, 3], "share": [0.5832, 0.41]})
    >>> reasons = pd.DataFrame({"of": ["3"], "figure": [""], "why": ["it drew others"]})
    >>> lines(printed, [ours], ["clusters"], reasons)[["ours", "within", "agrees", "why"]].to_dict("records")[1]
    {'ours': 0.41, 'within': 0.005, 'agrees': False, 'why': 'it drew others'}
    """
    texts = _figures(printed, keys).dropna()
    ours = pd.concat([_figures(run[printed.columns], keys) for run in runs], axis="columns").astype(float)
    index = texts.index.append(ours.index.difference(texts.index, sort=False))
    texts, ours = texts.reindex(index), ours.reindex(index)
    table = pd.DataFrame({"published": texts.astype(float), "ours": ours.iloc[:, 0]})
    low, high = ours.min(axis="columns"), ours.max(axis="columns")
    table["low"], table["high"] = low.where(low < high), high.where(low < high)
    table["within"] = texts.map(_half_a_digit, na_action="ignore").astype(float) if within is None else within
    nearest = table["published"].clip(low, high).where(low.notna())
    agrees = (table["published"] - nearest).abs() <= table["within"] + 1e-9
    table["agrees"] = agrees.astype("boolean").mask(table["published"].isna())
    table["why"] = [_why(line, reasons) for line in table.reset_index().to_dict("records")]
    return table.reset_index()


def as_printed(value: float) -> str:
    """Return a figure with the digits that a table of `lines` needs, and a tolerance without zeros after it.

    >>> as_printed(8293638.99), as_printed(0.61554), as_printed(0.0005), as_printed(1.0)
    ('8,293,639', '0.6155', '0.0005', '1')
    """
    return number(value, 4).rstrip("0").rstrip(".") if 0 < abs(value) < 1 else number(value, 4)


FORMATS = dict.fromkeys(["published", "ours", "within"], as_printed)
LEGEND = "Agrees: no farther from ours than Within says, or from low to high where our runs differ by chance."


def _figures(table: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return the figures of a table by keys and figure."""
    long = table
    if "figure" not in table:
        long = (
            table.reset_index(drop=True).melt(keys, var_name="figure", ignore_index=False).sort_index(kind="stable")
        )
    return long.set_index([*keys, "figure"])["value"]


def _half_a_digit(text: str) -> float:
    return 0.5 * 10.0 ** -len(text.partition(".")[2])


def _why(line: dict[str, Any], reasons: pd.DataFrame) -> str:
    """Return why a line's figure is another than the published one; nothing where it is the same."""
    if pd.isna(line["published"]):
        return NOT_PRINTED
    if abs(line["published"] - line["ours"]) <= line["within"] + 1e-9:
        return ""
    known = [row.why for row in reasons.itertuples() if _fits(row, line)]
    return known[0] if known else BY_SEED if line["agrees"] else NOT_FOUND if pd.isna(line["ours"]) else UNKNOWN


def _fits(reason: Any, line: dict[str, Any]) -> bool:
    return reason.of in ("", str(next(iter(line.values())))) and reason.figure in ("", line["figure"])
