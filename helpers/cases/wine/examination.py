"""What can be answered of offers and of who took them, before anything is modelled?"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from helpers.cases.wine.forms import LISTED, OFFERED, OFFERS, TABLES, TRANSACTIONS, check_wine, found_form
from helpers.cases.wine.reader import NO_OFFERS, WineOrders, read_wine
from helpers.cases.wine.sample import generate_wine
from helpers.datasets import doubts
from helpers.datasets.contents import Kind
from helpers.datasets.examining import Shown, examine_files, shown
from helpers.datasets.tables import forms_in
from helpers.diagnosis import Diagnosis, Need, judged
from helpers.errors import CasebookError
from helpers.wording import count

KINDS: dict[str, Kind] = {
    "offer": "counts",
    "month": "texts",
    "varietal": "texts",
    "minimum_quantity": "counts",
    "discount": "counts",
    "origin": "texts",
    "past_peak": "texts",
    "customer": "texts",
}
KINDS_OF_LIST: dict[str, Kind] = {"customer": "ids", "date": "dates", "product": "texts"}
MEASURES = {
    "customers": "customers",
    "several": "customers who took two offers or more",
    "offers": "offers that somebody took",
}


def needs(values: Mapping[str, Any]) -> list[Need]:
    """Return what each chapter needs, as its models say."""
    from helpers.cases.wine.methods import FEW
    from helpers.models.factorisation.nmf import FEWEST

    customers, offers = FEWEST
    return [
        Need("Which products are bought together?", {"several": 1}),
        Need("Which customers have the same taste?", {"customers": customers, "offers": offers}),
        Need("Which list would have been right?", {"several": FEW, "offers": values["top_k"] + 1}),
    ]


def examine_wine(values: Mapping[str, Any], path: Path | None) -> Diagnosis:
    """Return what would be read of offers and transactions at a path, or of baskets; of the sample without one."""
    if path is None:
        return _judged(values, generate_wine(values["sample_size"], values["seed"]).orders)
    form = _likely_form(path, values)
    kinds = KINDS if form == OFFERED else KINDS_OF_LIST
    return examine_files(TABLES.get(form, []), kinds, path, values, _read, partial(_judged, values))


def _likely_form(path: Path, values: Mapping[str, Any]) -> str:
    """Return the form that is found, or would be if headings were known: a single table is a list."""
    try:
        return found_form(path, values["columns"], values["table"])[0]
    except CasebookError:
        pass
    try:
        return OFFERED if len(forms_in(path, TABLES[OFFERED], values["table"])) > 1 else LISTED
    except CasebookError:
        return OFFERED


def _read(path: Path, columns: Mapping[str, str], choices: dict[str, Any]) -> tuple[dict[str, Shown], WineOrders]:
    orders = read_wine(path, columns, **choices)
    if orders.known_offers is None:
        return {orders.name: shown(orders.transactions.rename(columns={"customer": "basket"}))}, orders
    return {OFFERS.name: shown(orders.offers), TRANSACTIONS.name: shown(orders.transactions)}, orders


def _judged(values: Mapping[str, Any], orders: WineOrders) -> Diagnosis:
    taken = orders.transactions.groupby("customer").size()
    rows = orders.audit["rows_before"].iloc[0]
    if orders.known_offers is None:
        facts = (f"read: {count(len(taken), 'basket')} with {count(rows, 'purchase')}",)
        rules, *others = needs(values)
        without = {need.chapter: NO_OFFERS for need in others}
        return Diagnosis(tuple(looks_wrong(orders)), facts=facts, unanswered=without, chapters=len([rules, *others]))
    facts = (
        f"read: {count(len(orders.offers), 'offer')}, taken {count(rows, 'time')} by {count(len(taken), 'customer')}",
    )
    measures = {
        "customers": len(taken),
        "several": int((taken > 1).sum()),
        "offers": orders.transactions["offer"].nunique(),
    }
    return judged(looks_wrong(orders), facts, needs(values), measures, MEASURES)


def looks_wrong(orders: WineOrders) -> list[str]:
    """Return what looks wrong with who took which offers, the worst first."""
    taken = orders.transactions.groupby("customer").size()
    repeats = doubts.on_repeats(orders.audit["rows_before"].iloc[0], len(orders.transactions))
    return list(filter(None, [doubts.on_one_customer(taken, "offers taken"), repeats]))


WineData = Annotated[str, check_wine, examine_wine]
