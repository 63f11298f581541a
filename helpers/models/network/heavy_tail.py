"""Do a few sponsors recruit most of the members, and how heavy is the tail?

Concentration is described by the share of the top 1 % and by the Gini coefficient. The tail is described by a
discrete power law, whose beginning is chosen by the Kolmogorov-Smirnov distance (Clauset, Shalizi and Newman, 2009).
A straight line on double logarithmic paper proves nothing, so the power law is tested, and stands beside a lognormal
tail by the likelihood ratio (Vuong, 1989). Where newcomers choose a sponsor at random among those who are there, the
recruits follow a geometric law, whose tail is light: heavy is a tail that the power law surely fits better than that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import zeta
from scipy.stats import norm

from helpers.keeping import kept
from helpers.models.inference.bootstrap import drawn_counts, percentile_interval, weightings, with_interval
from helpers.models.inference.determinism import single_thread

FEWEST = 50  # sponsors in a tail that is fitted
STARTS = 30  # values that are tried as the beginning of the tail
SHALLOWEST, STEEPEST = 1.01, 20.0  # exponents
TABLE = 100_000  # values of a drawn tail that are exact


@dataclass(frozen=True)
class Tail:
    """A power law fitted to the tail of counts; all but `sponsors` is missing where too few are in a tail."""

    exponent: float  # P(X = x) falls as x to the power of minus this
    exponent_low: float  # 95 % bootstrap interval, the beginning chosen anew
    exponent_high: float
    start: float  # the count at which the tail begins
    sponsors: int
    in_tail: int  # sponsors with at least `start`
    p_value: float  # share of samples of the law, the data among them, as far from their own fit: small if it is poor
    mu: float  # of the lognormal fitted to the same tail
    sigma: float
    ratio: float  # Vuong's statistic, above 0 where the power law is likelier than the lognormal
    ratio_p_value: float  # two-sided
    light_ratio: float  # Vuong's statistic, above 0 where the power law is likelier than a geometric tail
    light_p_value: float  # one-sided: small if the tail is heavier than that


def distribution(recruits: pd.Series) -> pd.DataFrame:
    """Return how many sponsors have how many recruits: recruits, sponsors, at_least (share with so many or more)."""
    values, counts = _compressed(recruits)
    at_least = counts[::-1].cumsum()[::-1] / max(counts.sum(), 1)
    return pd.DataFrame({"recruits": values, "sponsors": counts, "at_least": at_least})


def _compressed(recruits: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct counts above 0 and how often each occurs."""
    values = recruits.to_numpy(dtype=int)
    return np.unique(values[values > 0], return_counts=True)


@single_thread
def concentration(values: pd.Series, top: float, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return how much of the sum of some values, as recruits of sponsors, falls to few of those above 0.

    `top` is the share of the sponsors that counts as the top; it is rounded up to one sponsor at least.

    The table holds measure ("top share", "Gini coefficient"), value, low and high (95 % interval). Where tails are
    heavy, the bootstrap makes intervals too narrow.

    Examples
    --------
    >>> concentration(pd.Series([1, 1, 1, 1, 6]), top=0.2, n_bootstrap=10, seed=0)[["measure", "value"]]
                measure  value
    0         top share    0.6
    1  Gini coefficient    0.4
    """
    amounts = np.sort(values.to_numpy(dtype=float))
    amounts = amounts[amounts > 0]
    weighted = weightings(len(amounts), n_bootstrap, seed)
    values = np.array([_concentration(np.repeat(amounts, weights.astype(int)), top) for weights in weighted])
    return pd.DataFrame({"measure": ["top share", "Gini coefficient"], **with_interval("value", values)})


def _concentration(amounts: np.ndarray, top: float) -> tuple[float, float]:
    """Return the share of the top and the Gini coefficient of sorted amounts above 0."""
    n = len(amounts)
    if n == 0:
        return np.nan, np.nan
    most = top_count(n, top)
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return amounts[n - most :].sum() / amounts.sum(), ranks @ amounts / (n * amounts.sum())


def top_count(n: int, top: float) -> int:
    """Return how many of n are the top share, rounded up."""
    return int(np.ceil(round(top * n, 6)))


@kept
@single_thread
def power_law(recruits: pd.Series, n_bootstrap: int, seed: int) -> Tail:
    """Return the power law that fits the tail of the recruits best, and how well it does.

    `recruits` are direct ones; sponsors without any do not count. Of the samples, `n_bootstrap` are drawn for the
    interval and as many for the test.
    """
    values, counts = _compressed(recruits)
    sponsors = int(counts.sum())
    if len(values) < 3 or sponsors < FEWEST:
        return Tail(np.nan, np.nan, np.nan, np.nan, sponsors, 0, *[np.nan] * 7)
    rng = np.random.default_rng(seed)
    exponent, start, distance = _fit(values, counts)
    inside = values >= start
    low, high = percentile_interval([_fit(values, each)[0] for each in drawn_counts(counts, n_bootstrap, rng)])
    synthetic = [_fit(*sample)[2] for sample in _samples(values, counts, exponent, start, n_bootstrap, rng)]
    p_value = float((1 + np.sum(np.array(synthetic) >= distance)) / (1 + n_bootstrap))
    tail = values[inside], counts[inside]
    beside, light = _beside_lognormal(*tail, exponent), _vuong(*tail, exponent, _geometric_logs(*tail))
    in_tail, heavier = int(tail[1].sum()), float(norm.sf(light))
    return Tail(exponent, float(low), float(high), start, sponsors, in_tail, p_value, *beside, light, heavier)


def _fit(values: np.ndarray, counts: np.ndarray) -> tuple[float, float, float]:
    """Return exponent, start and Kolmogorov-Smirnov distance of the tail that is nearest to a power law."""
    starts = _starts(values, counts)
    exponents = _exponents(values, counts, starts)
    survival = zeta(exponents[:, None], values) / zeta(exponents, starts)[:, None]
    inside = values >= starts[:, None]
    left = counts[::-1].cumsum()[::-1] / (inside @ counts)[:, None]
    distances = np.where(inside, np.abs(survival - left), 0).max(axis=1)
    best = distances.argmin()
    return float(exponents[best]), float(starts[best]), float(distances[best])


def _starts(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return values that leave FEWEST sponsors and two values in the tail, evenly by order if they are many."""
    enough = counts[::-1].cumsum()[::-1] >= FEWEST
    enough[-1], enough[0] = False, True
    possible = values[enough & (values < values[counts > 0].max())]
    possible = possible if len(possible) else values[:1]
    return possible[np.unique(np.geomspace(1, len(possible), STARTS).round().astype(int)) - 1]


def _exponents(values: np.ndarray, counts: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the likeliest exponent for each start, by golden sections."""
    inside = values >= starts[:, None]
    logs = (inside @ (counts * np.log(values))) / (inside @ counts)
    low, high, part = np.full(len(starts), SHALLOWEST), np.full(len(starts), STEEPEST), (np.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - part * (high - low), low + part * (high - low)
        better = _surprise(left, starts, logs) < _surprise(right, starts, logs)
        low, high = np.where(better, low, left), np.where(better, right, high)
    return (low + high) / 2


def _surprise(exponents: np.ndarray, starts: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Return the negative log likelihood of one sponsor."""
    scaled = exponents * (logs - np.log(starts))
    return scaled + np.log(zeta(exponents, starts)) + exponents * np.log(starts)


def _samples(
    values: np.ndarray, counts: np.ndarray, exponent: float, start: float, n: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draw counts as they are below the start, and from the power law from there on."""
    body, total = counts * (values < start), counts.sum()
    survival = zeta(exponent, start + np.arange(TABLE)) / zeta(exponent, start)
    shares = body / max(body.sum(), 1)
    for size in rng.binomial(total, 1 - body.sum() / total, size=n):
        tail = _drawn(survival, exponent, start, rng.random(size))
        below = rng.multinomial(total - size, shares) if size < total else np.zeros_like(counts)
        yield np.unique(np.append(np.repeat(values, below), tail), return_counts=True)


def _drawn(survival: np.ndarray, exponent: float, start: float, uniform: np.ndarray) -> np.ndarray:
    """Return the counts whose survival is next to uniform numbers, beyond the table by the continuous power law."""
    steps = np.searchsorted(-survival, -uniform, side="right") - 1
    values = start + steps
    far = steps == TABLE - 1
    values[far] = np.minimum((start + TABLE) * (uniform[far] / survival[-1]) ** (1 / (1 - exponent)), 1e15)
    return values.astype(int)


def _beside_lognormal(values: np.ndarray, counts: np.ndarray, exponent: float) -> tuple[float, float, float, float]:
    """Return mu and sigma of the lognormal of a tail, and Vuong's statistic with its p-value."""
    start = values[0]

    def surprise(parameters: np.ndarray) -> float:
        return float(-(counts @ _lognormal_logs(values, start, parameters[0], np.exp(parameters[1]))))

    fits = [minimize(surprise, guess, method="Nelder-Mead") for guess in _guesses(values, counts)]
    mu, log_sigma = min(fits, key=lambda fit: fit.fun).x
    ratio = _vuong(values, counts, exponent, _lognormal_logs(values, start, mu, np.exp(log_sigma)))
    return float(mu), float(np.exp(log_sigma)), ratio, float(2 * norm.sf(abs(ratio)))


def _vuong(values: np.ndarray, counts: np.ndarray, exponent: float, others: np.ndarray) -> float:
    """Return the statistic of the power law of a tail beside a law with these log probabilities."""
    gaps = -exponent * np.log(values) - np.log(zeta(exponent, values[0])) - others
    n, mean = counts.sum(), counts @ gaps / counts.sum()
    spread = np.sqrt(counts @ (gaps - mean) ** 2 / n)
    return float(np.sqrt(n) * mean / spread) if spread else 0.0


def _geometric_logs(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the log probabilities of counts by the likeliest law that falls by the same share from step to step."""
    beyond = values - values[0]
    mean = counts @ beyond / counts.sum()
    return beyond * np.log(mean / (1 + mean)) - np.log(1 + mean)


def _guesses(values: np.ndarray, counts: np.ndarray) -> list[list[float]]:
    logs = np.log(values)
    mean = counts @ logs / counts.sum()
    spread = max(np.sqrt(counts @ (logs - mean) ** 2 / counts.sum()), 0.1)
    return [[mean, np.log(spread)], [mean - 5 * spread, np.log(3 * spread)]]


def _lognormal_logs(values: np.ndarray, start: float, mu: float, sigma: float) -> np.ndarray:
    """Return the log probability of counts by a lognormal that is rounded and begins at `start`."""
    upper, lower = (norm.logsf((np.log(values + shift) - mu) / sigma) for shift in (-0.5, 0.5))
    inside = np.log(-np.expm1(np.minimum(lower - upper, -1e-12)))
    return upper + inside - norm.logsf((np.log(start - 0.5) - mu) / sigma)


def expected_tail(tail: Tail, most: int) -> pd.DataFrame:
    """Return the share of sponsors with as many or more recruits by both laws: recruits, power_law and lognormal."""
    if np.isnan(tail.exponent):
        return pd.DataFrame({"recruits": [], "power_law": [], "lognormal": []})
    x = np.unique(np.geomspace(tail.start, most, 100).round())
    share = tail.in_tail / tail.sponsors
    heavy = zeta(tail.exponent, x) / zeta(tail.exponent, tail.start)
    light = [norm.logsf((np.log(at - 0.5) - tail.mu) / tail.sigma) for at in (x, tail.start)]
    return pd.DataFrame({"recruits": x, "power_law": share * heavy, "lognormal": share * np.exp(light[0] - light[1])})
