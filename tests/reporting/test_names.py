"""Whatever names the data and the parameters hold, they are shown, and nothing in them runs or leads anywhere."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from tests.house import House, case_script

NAMES = [
    "<script>document.title='taken'</script>",
    "</script><script>document.title='taken'</script>",
    "<img src=http://127.0.0.1:9/x onerror=alert(1)>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<b onmouseover=alert(1)>bold</b>",
    "<a href='javascript:alert(1)'>click</a>",
    "</td></tr></table><h2 id=x>Mine</h2>",
    "<!-- open",
    "--><script>alert(1)</script>",
    "<style>body{display:none}</style>",
    "<base href='http://127.0.0.1:9/'>",
    "<form action='http://127.0.0.1:9/'><input></form>",
    "' onclick='alert(1)",
    '" autofocus onfocus="alert(1)',
    "&lt;script&gt; &amp; &#60;b&#62;",
    "[click](http://127.0.0.1:9/)",
    "[click](javascript:alert(1))",
    "![x](http://127.0.0.1:9/x.png)",
    "<http://127.0.0.1:9/>",
    "http://127.0.0.1:9/plain",
    "**SALE** _mug_ ~~old~~",
    "# Heading",
    "`code` and ```",
    "1. first",
    "- item",
    "> quoted",
    "| a | b |",
    "***",
    "[ref]: http://127.0.0.1:9/",
    r"Bad $\left($ Smith",
    r"$\frac$",
    "$5 and $6",
    "$$x$$",
    r"\(x\) \[y\]",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{0} {name} %s %(x)s",
    "%{customdata[0]} %{x}",
    "<br>",
    "two\nlines",
    "tab\there",
    "\\",
    "⟦half",
    "caf\u00e9 \u202eevil",
]
CODE = """
from helpers.errors import Unanswerable
from helpers.figures.style import canvas
from helpers.reporting.recording import say
import plotly.express as px
names = NAMES[: None if share == 0.5 else 2]
frame = pd.DataFrame({"name": names, "visits": range(len(names))})
table(frame, "names", "Caption: " + names[0], rows=len(names))
wide = pd.DataFrame([range(len(names))], columns=names)
table(wide, "wide")
for i, name in enumerate(names):
    finding(f"Finding {i}: {name}", alert=bool(i % 2))
    say(f"Words {i}: {name}", name)
    fig, (ax,) = canvas(height=1)
    ax.bar([name], [1], label=name)
    ax.set(title=name, xlabel=name)
    ax.legend()
    live = px.scatter(frame, x="visits", y="visits", hover_name="name", title=name) if i == 0 else None
    figure(fig, f"drawn_{i}", name, frame, caption=name, says=name, interactive=live)
# %%
frame
# %%
raise Unanswerable(" ".join(names))
"""


PAGES = ["report.html", "failed.html", "comparison.html", "index.html"]


@pytest.fixture(scope="module")
def pages(module_house: House) -> dict[str, BeautifulSoup]:
    """The pages of a good report, a failed one, a comparison and the index, all full of such names.

    Of the two reports of the comparison one holds them all.
    """
    script = case_script(CODE.replace("NAMES", repr(NAMES), 1)).replace(
        "engine: Lit", 'word: str = "x"  # a text\nengine: Lit'
    )
    module_house.add_case("names", script)
    module_house.add_case("fails", script.replace("raise Unanswerable(", "raise CasebookError("))
    swept = module_house.run("names", "--sweep", "share=0.25,0.5", "-p", f"word={NAMES[0]}")
    assert swept.returncode == 0, swept.stderr
    assert module_house.run("fails", "-p", f"word={NAMES[1]}").returncode == 1
    reports = module_house.root.glob("reports/**/*.html")
    files = {path.name: path for path in sorted(reports, key=lambda path: path.stat().st_size)}
    assert sorted(files) == sorted(PAGES)
    return {name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for name, path in files.items()}


@pytest.mark.parametrize("page", PAGES)
def test_only_what_the_project_wrote_is_a_tag(pages: dict[str, BeautifulSoup], page: str) -> None:
    soup = pages[page]
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    own = [script for script in soup.find_all("script") if not script.get("type")]
    assert len(own) == 1
    assert len(re.findall("sha256-", policy)) == 1 + (page in ("report.html", "failed.html")), "that of plotly, too"
    assert not soup.select("img, iframe, form, base, object, embed, h2#x")
    assert len(soup.select("meta[http-equiv]")) == 1
    for tag in soup.find_all(True):
        assert not [attribute for attribute in tag.attrs if attribute.startswith("on")], tag
        assert not str(tag.get("href", "")).startswith(("http", "javascript")), tag


@pytest.mark.parametrize("name", [name for name in NAMES if "⟦" not in name])
def test_a_name_is_shown_letter_by_letter(pages: dict[str, BeautifulSoup], name: str) -> None:
    soup, i = pages["report.html"], NAMES.index(name)
    assert f"Finding {i}: {name}" in [tag.text for tag in soup.select(".cell .finding p, .cell .alert p")]
    assert f"Finding {i}: {name}" in [tag.text for tag in soup.select("#findings li")]
    assert name in [tag.text for tag in soup.select(".said p")]
    assert name in [tag.text for tag in soup.select("td")]
    assert soup.select_one(f"#figure-drawn_{i} [role=img]")["aria-label"].startswith(name)
    drawn = " ".join(tag.text for tag in soup.select(f"#figure-drawn_{i} svg text"))
    assert "".join(name.split()) in "".join(drawn.split())


def test_what_plotly_shows_has_no_links(pages: dict[str, BeautifulSoup]) -> None:
    (live,) = pages["report.html"].select("figure.interactive script[type='application/json']")
    assert set(re.findall(r"<[^>]*>", json.loads(live.string)["data"][0]["hovertemplate"])) <= {
        "<b>",
        "</b>",
        "<br>",
        "<extra>",
        "</extra>",
    }
    assert not re.search(r"<(?!/?(br|b|extra)>)", json.dumps(json.loads(live.string)))
