import re

import pytest

from helpers.reporting.glossary import linked, terms, used


def test_every_word_stands_for_one_term_and_every_place_for_one() -> None:
    found = set(terms().values())
    assert sum(1 + len(term.also) for term in found) == len(terms())
    assert len({term.slug for term in found}) == len(found)


def test_explanations_are_short_sentences() -> None:
    for term in set(terms().values()):
        assert re.search(r"[.]$", term.means), term.name
        assert max(len(sentence.split()) for sentence in re.split(r"[.:;] ", term.means)) <= 25, term.name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<p>The silhouettes, by <em>K-means</em></p>", ["k-means", "silhouette"]),
        ("<p>a 95\u00a0% interval and a q-value</p>", ["95 % interval", "false discovery rate"]),
        ("<p>the p-value; a map, MAP, uplift, Wards</p>", ["MAP", "p-value", "Ward's method"]),
        ("<p>a map, NDCG and ndcg, LIFT</p>", ["lift", "NDCG"]),
        ("<script>silhouette</script><p class='lift'>gap-year/lift-off</p>", []),
    ],
)
def test_terms_are_found_as_words_in_what_is_read(text: str, names: list[str]) -> None:
    assert [term.name for term in used(text)] == names


def test_only_the_first_mention_in_the_authors_text_leads_to_the_explanation() -> None:
    body = '<p>lift</p><div class="prose"><h2 id="lift">Lift</h2><p><code>lift</code> Lift &amp; lift</p></div>'
    link = '<a class="term" href="#term-lift">Lift</a>'
    assert linked(body) == body.replace("Lift &amp; lift", f"{link} &amp; lift")


def test_a_term_is_found_as_html_writes_it() -> None:
    for written in ("Cramér's V", "Cramér&#39;s V", "cramér&#x27;s\nv"):
        assert [term.name for term in used(f"<p>By {written}.</p>")] == ["Cramér's V"]
        assert 'href="#term-cramér-s-v"' in linked(f'<div class="prose"><p>By {written}.</p></div>')
