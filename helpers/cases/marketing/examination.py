"""What can be answered of a table of customers, before anything is modelled?"""

from collections.abc import Mapping
from functools import partial
from math import ceil
from pathlib import Path
from typing import Annotated, Any

import pandas as pd

from helpers.cases.marketing.cleaning import clean
from helpers.cases.marketing.reader import CUSTOMERS, SPENT_ON, check_marketing, read_marketing
from helpers.cases.marketing.sample import generate_marketing
from helpers.datasets import doubts
from helpers.datasets.contents import Kind
from helpers.datasets.examining import Shown, examine_files, shown
from helpers.diagnosis import Diagnosis, Need, judged
from helpers.wording import count, money

MEASURES = {
    "customers": "customers",
    "answered": "customers who answered the last campaign",
    "not_answered": "customers who did not answer it",
}
_AMOUNTS: dict[str, Kind] = dict.fromkeys(["income", *SPENT_ON], "amounts")
_OTHERS: dict[str, Kind] = {"customer": "ids", "joined": "dates", "education": "texts", "marital_status": "texts"}
_COUNTS: dict[str, Kind] = dict.fromkeys(CUSTOMERS.columns, "counts")
KINDS = _COUNTS | _AMOUNTS | _OTHERS


def needs(values: Mapping[str, Any]) -> list[Need]:
    """Return what each chapter needs, as its models say: one of `n_splits` parts is held out, the others learn."""
    from helpers.models.clustering.methods import FEWEST_CLUSTERS, FEWEST_IN_GROUP
    from helpers.models.prediction.prediction_intervals import needed_to_calibrate
    from helpers.models.prediction.regression import FEWEST
    from helpers.models.prediction.response import FEWEST_PARTS

    splits = values["n_splits"]
    judged_by = ceil(2 * needed_to_calibrate(values["level"]) * splits / (splits - 1))
    return [
        Need("Which groups of customers are there?", {"customers": FEWEST_CLUSTERS * FEWEST_IN_GROUP}),
        Need("Can spending be predicted?", {"customers": max(FEWEST, judged_by)}),
        Need("Who will answer the next campaign?", {"answered": FEWEST_PARTS, "not_answered": FEWEST_PARTS}),
    ]


def examine_marketing(values: Mapping[str, Any], path: Path | None) -> Diagnosis:
    """Return what would be read of a table of customers at a path, or of the sample of these values without one."""
    judge = partial(_judged, values)
    if path is None:
        return judge(generate_marketing(values["sample_size"], values["seed"]).table)
    return examine_files([CUSTOMERS], KINDS, path, values, _read, judge)


def _read(path: Path, columns: Mapping[str, str], choices: dict[str, Any]) -> tuple[dict[str, Shown], pd.DataFrame]:
    table = read_marketing(path, columns, **choices)
    return {CUSTOMERS.name: shown(table)}, table


def _judged(values: Mapping[str, Any], table: pd.DataFrame) -> Diagnosis:
    cleaned = clean(table, values["highest_income"])
    last = cleaned.audit.iloc[-1]
    spent, write = table.set_index("customer")[SPENT_ON].sum(axis="columns"), money(values["currency"])
    joined = table["joined"]
    facts = (
        f"joined from {joined.min():%-d %B %Y} to {joined.max():%-d %B %Y}",
        f"read: {count(len(table), 'customer')}, who spent {write(spent.sum())}",
        f"after cleaning: {count(last['customers_after'], 'customer')}, who spent {write(last['spent_after'])}",
    )
    answered = int(cleaned.table["response"].sum())
    measures = {"customers": len(cleaned.table), "answered": answered, "not_answered": len(cleaned.table) - answered}
    return judged(looks_wrong(table), facts, needs(values), measures, MEASURES)


def looks_wrong(table: pd.DataFrame) -> list[str]:
    """Return what looks wrong with a table of customers as it was read, the worst first."""
    spent = table.set_index("customer")[SPENT_ON].sum(axis="columns")
    return list(filter(None, [doubts.on_one_customer(spent, "spending")]))


MarketingData = Annotated[str, check_marketing, examine_marketing]
