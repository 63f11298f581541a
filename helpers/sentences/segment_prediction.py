"""Can clusters be learned, and can the next segment be told, in words?"""

import pandas as pd

from helpers.models.prediction import next_segment, relearning
from helpers.models.prediction.classification_scores import ACCURACY, MACRO_F1
from helpers.models.prediction.next_segment import NextSegment
from helpers.models.prediction.relearning import Relearning
from helpers.sentences.pieces import by_ends, ends
from helpers.wording import count, fixed, listing, percent

RULES = {next_segment.RATES: "the commonest next state of each segment",
         next_segment.COMMONEST: "the commonest of all", next_segment.STAYS: "the present segment"}  # fmt: skip


def on_relearning(found: Relearning) -> str:
    """Say how well forest and nearest centre repeat the clusters, and which of them does so better."""
    if found.scores.empty:
        least = f"at least {relearning.FEWEST} customers in at least two clusters"
        return f"Whether clusters can be learned is not judged: that takes {least}."
    scores = found.scores[found.scores["measure"] == MACRO_F1].set_index("method")
    rows = scores.loc[[relearning.FOREST, relearning.CENTRE]].iterrows()
    words = listing(f"{fixed(3)(row['score'])} ({ends(row, fixed(3))}) by the {name}" for name, row in rows)
    lead = found.leads[(found.leads["rival"] == relearning.CENTRE) & (found.leads["measure"] == MACRO_F1)].iloc[0]
    verdict = by_ends(
        lead,
        "The forest repeats them surely better than the centres.",
        "The forest repeats them surely worse than the centres, which are all there is to know.",
        "Between the two there is no sure difference, and the centres are the simpler rule.",
    )
    return (
        f"Learned from {count(found.learned, 'customer')} and judged on {count(found.tested)} others, clusters are "
        f"repeated with a mean F1 of {words}. {verdict} The forest learns the labels that k-means made from the same "
        "features, so a high score says only that it repeats the borders between centres. It says nothing on whether "
        "the clusters are any good, or what a customer will do."
    )


def on_importances(table: pd.DataFrame, top: int = 3) -> str:
    """Say which features the forest loses most without, from the importances of either model.

    Examples
    --------
    >>> losses = pd.DataFrame({"feature": ["spend", "age"], "loss": [0.31, 0.01], "low": [0.25, -0.01]})
    >>> print(on_importances(losses))
    Shuffled among the customers held out, spend (0.310) costs the forest most mean F1. Features that say the same
    stand in for each other, and each seems less important than they are together.
    """
    if table.empty:
        return "Which features matter was not measured, since nothing was learned."
    sure = table[table["low"] > 0].head(top)
    if sure.empty:
        return "No feature surely matters by itself; those that say the same stand in for each other."
    words = listing(f"{row.feature} ({fixed(3)(row.loss)})" for row in sure.itertuples())
    return (
        f"Shuffled among the customers held out, {words} cost{'s' if len(sure) == 1 else ''} the forest most mean "
        "F1. Features that say the same stand in for each other, and each seems less important than they are "
        "together."
    )


def on_next(found: NextSegment) -> str:
    """Say how often the next segment is predicted rightly, and whether the forest is right more often than a rule."""
    if found.scores.empty:
        least = f"at least {next_segment.FEWEST} customers in each of two steps"
        return f"The next segment is not predicted: that takes {least}, and different states at the end of the first."
    scores = found.scores[found.scores["measure"] == ACCURACY].set_index("method")["score"]
    leads = found.leads[found.leads["measure"] == ACCURACY].set_index("rival")
    lead, (first, *others) = leads.loc[leads["lead"].idxmin()], RULES.items()
    beside = listing(f"{rule} for {percent(scores[name], 1)}" for name, rule in others)
    return (
        f"Learned on one step ({count(found.learned, 'customer')}) and judged on the next ({count(found.tested)}), "
        f"the forest names the right next state for {percent(scores[next_segment.FOREST], 1)} of the customers. "
        f"Of three simple rules, {first[1]} is right for {percent(scores[first[0]], 1)}, {beside}. The forest is "
        f"{by_ends(lead, 'surely right more', 'surely right less', 'not surely right more')} often than the best of "
        f"these rules, {RULES[lead.name]}."
    )


def on_brier(found: NextSegment) -> str:
    """Say whether the forest's probabilities are surely better than the segment's rates; nothing if not predicted."""
    if found.brier.empty:
        return ""
    table = found.brier.set_index("method")
    row, commonest = table.loc[next_segment.RATES], table.loc[next_segment.COMMONEST]
    tells = "the features surely tell more than the segment alone"
    verdict = by_ends(
        row,
        tells if commonest["low"] > 0 else "the forest is ahead of rates that know less than the shares of all",
        "the forest is surely worse than the rates of the segment, and those should be used",
        "the features do not surely tell more than the segment alone, whose rates are the simpler rule",
    )
    base = by_ends(commonest, "surely better", "surely worse", "not surely better")
    return (
        f"By the Brier score of the probabilities, {fixed(3)(table.loc[next_segment.FOREST, 'brier'])} by the forest "
        f"and {fixed(3)(row['brier'])} by the rates of the segment (0 is best), {verdict}. The forest is {base} than "
        "the same shares for all."
    )
