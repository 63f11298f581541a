"""What do the reports claim where there is nothing to find?

All five are made of data without structure: customers who differ by chance alone, offers taken independently, columns
that know nothing of each other. Counted are the claims of structure or superiority that their findings make, each a
family that may be wrong once in twenty data sets. `make noise`, or `python benchmarks/noise.py --seeds 4 5 6`.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.cases.health.sample import generate_health
from helpers.cases.marketing.sample import generate_marketing
from helpers.cases.wine.sample import generate_wine

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = 1 / 20
# By report: what could be claimed, and the words that only this claim uses.
CLAIMS: dict[str, dict[str, str]] = {
    "wine": {
        "rules beyond chance": r"so this is more than chance would give",
        "rules that pass the test": r"Beside the shuffles, [1-9]\d* of these hold",
        "groups of offers": r"beats? chance: the last",
        "stable segments": r"surely found again among other customers: (every|.*; the other)",
        "a better method, by offers": r"^Over offers, .* better are",
        "a better method, by products": r"^Over products, .* better are",
    },
    "rfm": {
        "stable clusters": r"groups that clustering finds are more than chance",
        "customers who leave": r"of the customers leave for good",
        "a model of orders that is better than one rate": r"Against the same rate for all the model is better",
        "a better list of new products": r"^For new products, .* (is|was) better than",
        "a better list of all products": r"^For all products, .* (is|was) better than",
        "segments whose lists are better": r"more customers bought from their own list",
    },
    "marketing": {
        "stable clusters": r"is stable and clearer than",
        "a priority": r"High priority:",
        "clusters that answer differently": r"The answer differs between the clusters",
        "spending that can be predicted": r"By RMSE it is better than that mean",
        "behaviour that tells more": r"^With behaviour, \S+ is better by RMSE",
        "a feature that tells": r"^The predictions rest most on",
        "answers that can be predicted": r"It is better than the base rate",
        "letters that reach more": r"These are more than at random",
        "letters that pay": r"^(Write to|Test letters on) \d",
        "offers that go with spending": r"(more often|at all) ⟦?spend (more|less)",
    },
    "health": {
        "stable clusters": r"clearer than chance would make them",
        "a cluster of two kinds": r"That is .* times the average spread",
        "segments that return differently": r"return most often",
        "a heavy tail": r"The largest sponsors have more recruits than if",
        "what top sponsors do": r"The top sponsors differ from others in",
        "a value model that ranks": r"A model of orders does better",
        "offers that hit more": r"They hit more than what sells best",
        "a better method": r"That is more than the best sellers reach",
        "whom to call": r"^Call first",
    },
    "loyalty": {
        "groups clearer than chance": r"fall into \d+ groups? that (is|are) clearer than chance",
        "groups that are found again": r"show the same groups? again",
        "segments that bring more": r"^Clearly more later revenue",
        "segments that bring less": r"Clearly less later revenue",
        "segments that tell more than revenue": r"The segments add to",
        "a segment better than a ranking": r"[,;] less later revenue is picked by",
        "a ranking better than the segment": r"more later revenue than the best segment is picked by",
        "kinds of customers with names": r"The limit is set for the segment",
        "a belief about the segments": r"supported: [^;]*\(H[45]",
        "rules that differ by segment": r"comparisons of a rule .*, [1-9]\d* differs? beyond chance",
    },
}


def independent_offers(folder: Path, rng: np.random.Generator, n_customers: int = 300) -> Path:
    """Write a year of wine offers, each taken at a rate of its own by whoever it may be."""
    offers = generate_wine(n_customers, 1).orders.offers
    customer, offer = np.nonzero(rng.random((n_customers, len(offers))) < rng.uniform(0.03, 0.25, len(offers)))
    taken = {"customer": [f"C{number}" for number in customer], "offer": offers["offer"].to_numpy()[offer]}
    offers.to_csv(folder / "offers.csv", index=False)
    pd.DataFrame(taken).to_csv(folder / "transactions.csv", index=False)
    return folder


def exchangeable_customers(folder: Path, rng: np.random.Generator, n_customers: int = 1000) -> Path:
    """Write two years of orders of customers of one kind, who buy products by their popularity."""
    n_orders, n_products, days = 5 * n_customers, 300, 730
    prices, popularity = np.round(0.25 + rng.lognormal(0.7, 0.7, n_products), 2), 1 / (3 + np.arange(n_products))
    orders = pd.DataFrame(
        {
            "invoice": np.arange(500_000, 500_000 + n_orders),
            "customer": rng.integers(12_000, 12_000 + n_customers, n_orders),
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(np.sort(rng.uniform(0, days, n_orders)), unit="D"),
        }
    )
    lines = orders.loc[orders.index.repeat(1 + rng.poisson(4, n_orders))]
    product = rng.choice(n_products, len(lines), p=popularity / popularity.sum())
    lines = lines.assign(
        date=lines["date"].dt.floor("min"),
        product=20_000 + product,
        description=[f"PRODUCT {number}" for number in product],
        quantity=1 + rng.poisson(3, len(lines)),
        price=prices[product],
    )
    lines.to_csv(folder / "lines.csv", index=False)
    return folder / "lines.csv"


def permuted_columns(folder: Path, rng: np.random.Generator) -> Path:
    """Write marketing's sample with each column dealt anew among the customers."""
    table = generate_marketing(1500, int(rng.integers(2**31))).table
    known = {name: rng.permutation(table[name].to_numpy()) for name in table if name != "customer"}
    table.assign(**known).to_csv(folder / "customers.csv", index=False)
    return folder / "customers.csv"


def exchangeable_members(folder: Path, rng: np.random.Generator, n_members: int = 8000) -> Path:
    """Write the health sample with its transactions and its recruits dealt anew among all members."""
    sample = generate_health(n_members, 1).folder
    members, transactions = (pd.read_parquet(sample / f"{name}.parquet") for name in ("members", "transactions"))
    everybody = members["member"].to_numpy()
    sponsors = members["sponsor"].mask(members["sponsor"].notna(), rng.choice(everybody, len(members)))
    members.assign(sponsor=sponsors).to_parquet(folder / "members.parquet", index=False)
    dealt = transactions.assign(member=rng.choice(everybody, len(transactions)))
    dealt.to_parquet(folder / "transactions.parquet", index=False)
    return folder


NOISE: dict[str, Callable[[Path, np.random.Generator], Path]] = {
    "health": exchangeable_members,
    "loyalty": exchangeable_customers,
    "marketing": permuted_columns,
    "rfm": exchangeable_customers,
    "wine": independent_offers,
}


def claims_of(case: str, run: dict[str, Any]) -> dict[str, list[str]]:
    """Return by claim that the report could make the findings of run.json that make it, none where it does not."""
    told = [*run["findings"], *run["alerts"]]
    return {claim: [text for text in told if re.search(words, text)] for claim, words in CLAIMS[case].items()}


def report_of_noise(case: str, seed: int, out: Path) -> dict[str, Any]:
    """Make a report of data without structure; return its run.json."""
    folder = out / f"{case}-{seed}"
    folder.mkdir(parents=True)
    data = NOISE[case](folder, np.random.default_rng(seed))
    command = [sys.executable, str(ROOT / "run_reports.py"), case, "--name", f"noise-{seed}", "-o", str(out)]
    subprocess.run([*command, "-p", f"data={data}"], check=True, capture_output=True)
    return json.loads((out / case / f"noise-{seed}" / "run.json").read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="what the data are drawn with")
    parser.add_argument("--jobs", type=int, default=2, help="reports at a time")
    given = parser.parse_args()
    wanted = [(case, seed) for case in NOISE for seed in given.seeds]
    with tempfile.TemporaryDirectory() as out, ThreadPoolExecutor(given.jobs) as pool:
        runs = list(pool.map(lambda one: report_of_noise(*one, Path(out)), wanted))
    found = [claims_of(case, run) for (case, _), run in zip(wanted, runs, strict=True)]
    made = 0
    for (case, seed), claims in zip(wanted, found, strict=True):
        true = {claim: texts for claim, texts in claims.items() if texts}
        made += len(true)
        print(f"{case}, seed {seed}: {len(true)} of {len(claims)} claims")
        print("".join(f"    {claim}: {text}\n" for claim, texts in true.items() for text in texts), end="")
    possible = sum(map(len, found))
    print(f"{made} of {possible} claims that could be made were made ({made / possible:.1%}).")
    sys.exit(made / possible >= ALLOWED)


if __name__ == "__main__":
    main()
