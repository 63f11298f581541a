"""How does a computed result read in a sentence or a table?

Every number in prose goes through one of these, so that all reports write them alike. A sentence is plain text:
whatever names it holds, nothing in it is taken for HTML, Markdown or a formula. Only ⟦words in these brackets⟧ are
shown in bold.
"""

import html
import math
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, Context
from functools import partial
from typing import Any
from unicodedata import category

Formatter = Callable[[Any], str]
NOTHING, SMALL = 1e-12, 1e-6  # what is rounding, and below what numbers are only told to be
PERCENT = "\u00a0%"  # with a space that does not break
PERSON = "⟪(.*?)⟫"  # how a sentence marks the name of a customer
NOT_SHOWN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}  # kinds of letters that steer rather than show
_BRACKETS = str.maketrans("", "", "⟦⟧⟪⟫")
_CAPITALS = ("auc", "bic", "mae", "map", "ndcg", "nmf", "rmse", "rss", "vif")
_SPELLINGS = {"p_value": "p-value", "q_value": "q-value"}


def count(n: float, noun: str = "", plural: str = "") -> str:
    """Return a whole number with thousands separators, and its noun in the right number.

    >>> count(1), count(4322, "customer"), count(1, "basket"), count(2, "box", "boxes")
    ('1', '4,322 customers', '1 basket', '2 boxes')
    """
    words = noun if abs(round(n)) == 1 else plural or f"{noun}s"
    return f"{n:,.0f} {words}" if noun else f"{n:,.0f}"


def number(value: float, digits: int = 3) -> str:
    """Return a number with as many significant digits and without exponents; a whole one without decimals.

    A small number is told to be so, as nobody counts noughts: a probability is never 0. Rounding below 0 is 0.

    >>> number(0.058333), number(8.3333), number(1234.5), number(6.0), number(float("inf"))
    ('0.0583', '8.33', '1,234', '6', '∞')
    >>> number(-7e-18), number(3.7e-8), number(3.7e-100)
    ('0', 'under 0.000001', 'under 0.000001')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if 0 < value < SMALL:
        return f"under {SMALL:f}"
    if float(value).is_integer() or abs(value) < NOTHING:
        return count(round(value))
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}"


def fixed(decimals: int) -> Formatter:
    """Return a formatter with so many decimals, for columns that are compared line by line.

    >>> fixed(2)(4.4444), fixed(1)(1234.56), fixed(1)(-0.04)
    ('4.44', '1,234.6', '0.0')
    """
    return lambda value: f"{round(value, decimals) + 0.0:,.{decimals}f}" if math.isfinite(value) else number(value)


def two_decimals(value: float) -> str:
    """Return a number with two decimals and a minus sign, as it stands in a sentence: 0.61, −0.50."""
    return fixed(2)(value).replace("-", "−")


def percent(share: float, decimals: int = 0) -> str:
    """Return a share as a percentage.

    >>> print(percent(0.583), percent(0.0446, 1), percent(0.002), percent(0.9985), percent(-0.002))
    58 % 4.5 % under 1 % over 99 % 0 %
    """
    if math.isnan(share):
        return "–"
    if 0 < share < 0.5 * 10 ** -(decimals + 2):
        return f"under {10.0**-decimals:.{decimals}f}{PERCENT}"
    if 1 - 0.5 * 10 ** -(decimals + 2) < share < 1:
        return f"over {100 - 10.0**-decimals:.{decimals}f}{PERCENT}"
    return f"{round(100 * share, decimals) + 0.0:,.{decimals}f}{PERCENT}"


def money(currency: str) -> Formatter:
    """Return a formatter of amounts; broken ones under 100 have cents.

    >>> money("£")(1064.6), money("£")(-3.5), money("EUR")(20)
    ('£1,065', '−£3.50', 'EUR\xa020')
    """
    mark = f"{currency}\u00a0" if currency[-1:].isalpha() else currency
    return partial(_money, mark)


def _money(mark: str, amount: float) -> str:
    whole = abs(amount) >= 100 or float(amount).is_integer()
    digits = f"{abs(amount):,.0f}" if whole else f"{abs(amount):.2f}"
    return f"{'−' if amount < 0 else ''}{mark}{digits}" if math.isfinite(amount) else number(amount)


def rounded(value: float, digits: int = 2) -> float:
    """Return a number with so many digits that count, two being what a manager keeps in mind.

    >>> rounded(136_775), rounded(136_775, 3), rounded(0.0)
    (140000.0, 137000.0, 0.0)
    """
    return float(f"{value:.{digits}g}")


def rounded_down(value: float, digits: int = 2) -> float:
    """Return a limit with so many digits that count, never more than it is.

    >>> rounded_down(33.60), rounded_down(7.48), rounded_down(0.0)
    (33.0, 7.4, 0.0)
    """
    return float(Context(prec=digits, rounding=ROUND_DOWN).create_decimal(float(value)))


def roughly(write: Formatter, digits: int = 2) -> Formatter:
    """Return what writes numbers as `write` does, `rounded`.

    >>> roughly(money("£"))(381_438), roughly(money("£"))(84.34)
    ('£380,000', '£84')
    """
    return lambda value: write(rounded(value, digits))


def p_value(p: float) -> str:
    """Return a p-value with three decimals, as in .043, and `<.001` below that."""
    return "–" if math.isnan(p) else "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def listing(items: Iterable[object], most: int = 6) -> str:
    """Return items as a list in words; more than `most` are counted.

    >>> listing(["Chile"]), listing(["a", "b", "c"]), listing(range(5), most=3)
    ('Chile', 'a, b and c', '0, 1, 2 and 2 more')
    """
    words = list(map(str, items))
    if len(words) > most:
        words = [*words[:most], f"{len(words) - most} more"]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def capitalised(text: str) -> str:
    """Return a sentence with a capital at its start, and the rest as it is."""
    return text[:1].upper() + text[1:]


def heading(name: str) -> str:
    """Return a column's or metric's name as words.

    >>> heading("mean_lift"), heading("customers"), heading("q_value"), heading("auc_low")
    ('Mean lift', 'Customers', 'q-value', 'AUC low')
    """
    words = (word.upper() if word in _CAPITALS else word for word in str(name).split("_"))
    return _SPELLINGS.get(name) or capitalised(" ".join(words))


def person(name: object) -> str:
    """Return the name or number of a customer for a sentence; in a report that is made to share a code stands for it.

    >>> plain(f"Offer {person('Garley')} a bottle.")
    'Offer Garley a bottle.'
    """
    return f"⟪{name}⟫"


def plain(sentence: str) -> str:
    """Return a sentence without the ⟦brackets⟧ that mark bold words, and those of names."""
    return sentence.translate(_BRACKETS)


def printable(text: str) -> str:
    r"""Return a text for a terminal, on which no letter of it does anything but show.

    >>> printable(chr(27) + "[2J " + chr(0x202E) + "5 % café")
    '\\x1b[2J \\u202e5 % café'
    """
    return "".join(
        letter.encode("unicode_escape").decode() if category(letter) in NOT_SHOWN else letter for letter in text
    )


def as_html(sentence: str) -> str:
    """Return a sentence as HTML that shows its letters and nothing else.

    >>> as_html("⟦A & B⟧ are <small>.")
    '<strong>A &amp; B</strong> are &lt;small&gt;.'
    """
    return plain(re.sub("⟦(.*?)⟧", r"<strong>\1</strong>", html.escape(sentence), flags=re.DOTALL))
