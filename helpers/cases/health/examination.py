"""What can be answered of members and their transactions, before anything is modelled?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from helpers.cases.health.cleaning import CleanHealth, clean_health
from helpers.cases.health.reader import MEMBERS, TRANSACTIONS, RawHealth, check_health, read_health
from helpers.cases.health.sample import generate_health
from helpers.cases.health.transactions import FEWEST, whole_half_years
from helpers.datasets import doubts
from helpers.datasets.contents import Kind
from helpers.datasets.examining import Shown, examine_files, lost_by, shown
from helpers.datasets.reading import ROW
from helpers.diagnosis import Diagnosis, Need, judged
from helpers.wording import count, money

KINDS: dict[str, Kind] = {
    "member": "ids",
    "join_date": "dates",
    "sponsor": "ids",
    "transaction": "ids",
    "centre": "texts",
    "channel": "texts",
    "payment_date": "dates",
    "product_json": "texts",
    "total_amt": "amounts",
}
MEASURES = {
    "transactions": "transactions that can be used",
    "customers": "customers who bought",
    "half_years": "whole half-years that the transactions cover",
}


def needs() -> list[Need]:
    """Return what each chapter needs, as its models say."""
    from helpers.models.clustering.number import FEWEST as CUSTOMERS

    return [
        Need("Preparation", {"transactions": 1}),
        Need("Modelling", {"customers": CUSTOMERS, "half_years": FEWEST}),
        Need("Evaluation", {"half_years": FEWEST}),
    ]


def examine_health(values: Mapping[str, Any], path: Path | None) -> Diagnosis:
    """Return what would be read of members and transactions at a path, or of the sample without one."""
    if path is None:
        folder = generate_health(values["sample_size"], values["seed"]).folder
        return _judged(values, read_health(folder, {}))
    return examine_files([MEMBERS, TRANSACTIONS], KINDS, path, values, _read, lambda raw: _judged(values, raw))


def _read(path: Path, columns: Mapping[str, str], choices: dict[str, Any]) -> tuple[dict[str, Shown], RawHealth]:
    raw = read_health(path, columns, **choices)
    return {MEMBERS.name: shown(raw.members.drop(ROW)), TRANSACTIONS.name: shown(raw.transactions)}, raw


def _judged(values: Mapping[str, Any], raw: RawHealth) -> Diagnosis:
    cleaned, write = clean_health(raw, values["excluded_years"]), money(values["currency"])
    read, kept = cleaned.audit.iloc[0], cleaned.audit.iloc[-1]
    bought = cleaned.transactions
    first, last, days = doubts.days_of(bought)
    facts = [
        f"{first:%-d %B %Y} to {last:%-d %B %Y}, {count(days, 'day')}",
        f"read: {count(read['rows_after'], 'transaction')}, {write(read['amount_after'])}",
        f"after cleaning: {count(kept['rows_after'], 'transaction')}, {write(kept['amount_after'])}",
    ]
    facts += lost_by(cleaned.audit, "transaction")
    half_years = len(whole_half_years(first.date(), last.date()))
    customers = int(bought.member.nunique().execute())
    measures = {"transactions": int(kept["rows_after"]), "customers": customers, "half_years": half_years}
    return judged(looks_wrong(cleaned), facts, needs(), measures, MEASURES)


def looks_wrong(cleaned: CleanHealth) -> list[str]:
    """Return what looks wrong with the members and the transactions that are left, the worst first."""
    bought = cleaned.transactions
    by_member = bought.group_by("member").aggregate(amount=bought.total_amount.cast("float64").sum()).execute()
    amounts = by_member.set_index("member")["amount"].fillna(0)
    buyers, members = bought.select(id=bought.member), cleaned.members.select(id=cleaned.members.member)
    said = [
        doubts.on_meeting(buyers, members, "buyers", "the members"),
        doubts.on_one_customer(amounts, "amounts"),
    ]
    return list(filter(None, said))


HealthData = Annotated[str, check_health, examine_health]
