"""What does a manager read on a page before unfolding anything, and does it speak plainly?"""

import json
import re
from pathlib import Path

from bs4 import BeautifulSoup

CAPITALS = r"NDCG|MAP|RMSE|MAE|R²|R2|AUC|BIC|AIC|F1|Hit@\d*|Vuong|Rand|Cramér|Spearman|Pearson|Wilson|Kolmogorov"
WORDS = (
    r"Jaccard|silhouettes?|[pq][- ]values?|p [<=]|log loss|Gini|kappa|bootstrap\w*|odds ratios?|(?:log-)?likelihood"
    r"|standard (?:deviations?|errors?)|quantiles?|quartiles?|chi-square\w*|lift|leverage|eigenvalues?|permutations?"
    r"|confidence intervals?|null distribution|prediction strength|gap statistic|cosine|trustworthiness"
)
STATISTICS = re.compile(rf"(?<!\w)(?:{CAPITALS}|(?i:{WORDS}))(?!\w)")
UNSEEN = "script, style, nav, details, #glossary, #provenance, math, .skip, .enlarged, .tools"


def unfolded(html: str) -> list[str]:
    """Return the texts that stand unfolded in a page: prose, headings, captions, tables, the words of pictures."""
    soup = BeautifulSoup(html, "html.parser")
    for fold in soup.select(UNSEEN):
        fold.decompose()
    labels = [tag["aria-label"] for tag in soup.select("[aria-label]")]
    return [" ".join(text.split()) for text in [*soup.body.stripped_strings, *labels]]


def statistics_in(html: str) -> list[str]:
    """Return the unfolded texts of a page that name a statistic."""
    return [text for text in unfolded(html) if STATISTICS.search(text)]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text.

    >>> sentences("It is £3.50 in all. Who? Them.")
    ['It is £3.50 in all.', 'Who?', 'Them.']
    """
    return re.split(r"(?<=[.!?])\s+", text.strip())


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text, a range as one.

    >>> numbers_in("870 of 4,324 (20 to 25 %) by week 3.")
    ['870', '4,324', '20 to 25', '3']
    """
    number = r"\d[\d,.]*\d|\d"
    return re.findall(rf"(?:{number})(?: (?:to|–) (?:[^\d\s]?)(?:{number}))?", text)


def faults_of(report: Path) -> list[str]:
    """Return what the page in a run's folder shows unfolded and should not, and what its first screen lacks."""
    run = json.loads((report / "run.json").read_text())
    said = [*sentences(run["answer"]), *(line for one in run["checks"] for line in sentences(one["says"]))]
    long = [line for line in said if len(line.split()) > 25 or len(numbers_in(line)) > 2]
    bounds = {"actions": (1, 5), "key_figures": (1, 6), "checks": (1, 7)}
    wrong = [f"{name}: {len(run[name])}" for name, (few, many) in bounds.items() if not few <= len(run[name]) <= many]
    words = len(run["answer"].split())
    wrong += [] if 0 < words <= 60 else [f"answer: {words} words"]
    return [*wrong, *long, *statistics_in((report / "report.html").read_text())]
