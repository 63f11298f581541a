"""Does a report that is made to share keep its customers to itself, in all of its bytes?"""

import base64
import gzip
import json
import os
import re
import stat
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from helpers.errors import CasebookError
from helpers.reporting.codes import Codes, code_of, share_key
from tests.house import Finished, House, case_script

NAMES = ["Garleyson", "Zoë O'Quinn-Lee", "Tom & <Jerrie>", "C00417X"]
NUMBERS = ["4417203", "88123"]
PEOPLE = """
import plotly.graph_objects as go
from helpers.figures.style import canvas
from helpers.reporting.first_screen import actions, answer, check, key_figure
from helpers.reporting.recording import say
from helpers.verdicts import Action, Check
from helpers.wording import person
given = pd.read_csv(data, dtype=str)["customer"].tolist() if data != "sample" else list("abcdef")
names, (seven_digits, five_digits) = given[:4], given[4:]
frame = pd.DataFrame({"customer": given, "spent": [1200.5, 2, 3, 4, 5, 6]})
table(frame, "spenders", f"Led by {person(names[0])}, then {names[2]}.", rows=2)
numbers = pd.DataFrame({"member_id": [7, 8], "spent": [1, 2]})
table(numbers, "by_number", rows=1)
table(pd.DataFrame({"who": names[:2], "n": [1, 2]}), "declared", personal=("who",))
table(pd.DataFrame({"best": [f"led by {names[1]}", f"{seven_digits} and others"], "n": [1, 2]}), "free")
finding(f"Offer {person(names[1])} a bottle, {names[2]} none, and {person(7)} 17 of them.")
say(f"Number {seven_digits} of {len(names)} spent 88,123.")
answer(f"Call {names[0]}.")
actions([Action("Call", f"{person(names[3])} and {five_digits}", 2, rows="spenders")])
key_figure("spent", 3, f"as {names[0]}")
check(Check("Whole?", "share", 1, 0, "Why."), 0.5, f"But for {names[2]}.")
fig, (ax,) = canvas(height=2)
ax.barh(names, [1, 2, 3, 4]); ax.text(1, 1, seven_digits); ax.set_xlim(0, 20000)
live = go.Figure(go.Bar(x=[1, 2], y=names[:2], text=[f"<b>{name}</b>" for name in names[:2]], name=names[3]))
figure(fig, "bars", f"Bars led by {person(7)}.", frame, interactive=live, says=f"{names[0]} leads.", lead=True)
figure(fig, "means", "Bars.", pd.DataFrame({"n": [1]}), interactive=live)
print(names); display(frame)
frame
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, Finished]:
    house = House(tmp_path_factory.mktemp("shared") / "house")
    os.environ["XDG_CONFIG_HOME"] = str(house.root / "config")
    (house.root / "shop.csv").write_text(pd.DataFrame({"customer": [*NAMES, *NUMBERS]}).to_csv(index=False))
    script = case_script(PEOPLE).replace("seed: Seed = 1", "customer: str | None = None  # whom\nseed: Seed = 1")
    house.add_case("people", script)
    house.add_case("broken", script + '\nraise CasebookError(f"row 3: {names[0]}")')
    done = house.run("--share", "-p", f"customer={NAMES[3]}", "-p", "data=shop.csv")
    del os.environ["XDG_CONFIG_HOME"]
    return house, done


def folder_of(house: House, case: str) -> Path:
    (folder,) = house.out(case).glob("default+????????+share")
    return folder


def all_texts(folder: Path) -> dict[str, str]:
    """Return every file as text, and what is packed inside of the pages."""
    texts = {str(path): path.read_bytes().decode() for path in folder.rglob("*") if path.is_file()}
    for path, text in list(texts.items()):
        for place, packed in enumerate(re.findall(r">(H4sI[A-Za-z0-9+/=]+)<", text)):
            unpacked = gzip.decompress(base64.b64decode(packed)).decode()
            texts[f"{path}#{place}"] = unpacked if len(unpacked) < 1_000_000 else ""  # but for plotly
    return texts


def test_no_planted_name_occurs_in_any_byte(shared: tuple[House, Finished]) -> None:
    house, done = shared
    texts = all_texts(folder_of(house, "people"))
    assert len([name for name in texts if "#" in name]) > 3, "the tables that are packed in the page are read too"
    hints = [*NUMBERS, "Garleyson", "Quinn", "Jerrie", "C00417X"]
    assert {(name, hint) for name, text in texts.items() for hint in hints if hint in text} == set()
    assert "people/" in done.stderr
    code = code_of("Garleyson", (house.root / "config/customer-casebook/share.key").read_bytes())
    page = texts[str(folder_of(house, "people") / "report.html")]
    assert page.count(code) > 3


def test_what_is_left_is_still_told(shared: tuple[House, Finished]) -> None:
    house, _ = shared
    folder = folder_of(house, "people")
    key = (house.root / "config/customer-casebook/share.key").read_bytes()
    run = json.loads((folder / "run.json").read_text())
    codes = {name: code_of(name, key) for name in [*NAMES, *NUMBERS, "7"]}
    assert run["findings"][-1] == (
        f"Offer {codes[NAMES[1]]} a bottle, {codes[NAMES[2]]} none, and {codes['7']} 17 of them."
    )
    assert run["answer"] == f"Call {codes['Garleyson']}."
    assert run["actions"][0]["whom"] == f"{codes['C00417X']} and {codes['88123']}"
    assert run["parameters"]["customer"] == run["overrides"]["customer"] == codes["C00417X"]
    assert run["picture"] == f"Bars led by {codes['7']}. {codes['Garleyson']} leads."
    assert run["customers"] == "shared"
    for name, rows in {"spenders": 0, "by_number": 0, "declared": 0, "free": 2, "visits": 0, "means": 1}.items():
        assert len(pd.read_csv(folder / "tables" / f"{name}.csv")) == rows, name
    assert pd.read_csv(folder / "tables" / "free.csv")["best"].tolist() == [
        f"led by {codes[NAMES[1]]}", f"{codes['4417203']} and others"
    ]  # fmt: skip
    soup = BeautifulSoup((folder / "report.html").read_text(), "html.parser")
    assert soup.select_one(".customers").text.startswith("Made to share")
    assert soup.select_one("#table-spenders tbody").text == (
        "6 rows of single customers left out: this copy is made to share."
    )
    assert {text.text for text in soup.select("#figure-bars text")} >= {codes[name] for name in NAMES}
    assert len(soup.select("figure.interactive")) == 1, "only where no row is a customer's"
    assert "spent 88,123." in soup.text


def test_a_failure_tells_its_reason_only_where_the_command_was_typed(shared: tuple[House, Finished]) -> None:
    house, done = shared
    assert done.returncode == 1
    assert "row 3: Garleyson" in done.stderr
    texts = all_texts(folder_of(house, "broken"))
    assert {Path(name).name for name in texts} == {"failed.html", "failed.json"}
    assert not [name for name, text in texts.items() if re.search("Garleyson|C00417X|Quinn", text)]


def test_the_usual_report_says_that_it_holds_customers(shared: tuple[House, Finished]) -> None:
    house, _ = shared
    house.run("people", "-p", "data=shop.csv", "--name", "mine")
    page = house.out("people", "mine", "report.html").read_text()
    assert "Holds single customers by name or number." in page
    assert "Zoë O'Quinn-Lee" in BeautifulSoup(page, "html.parser").select(".finding")[-1].text
    assert "⟪" not in page


def test_the_key_is_made_once_and_only_for_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    key = share_key()
    path = tmp_path / "customer-casebook" / "share.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert share_key() == key
    path.chmod(0o644)
    with pytest.raises(CasebookError, match="may be read by others: say chmod 600"):
        share_key()


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Ann and Annabel", "ANN and Annabel"),
        ("pay Ann, Ann's or (Ann)", "pay ANN, ANN's or (ANN)"),
        ("Ann Lee met Lee", "BOTH met Lee"),
        ("12,345 and 12345 and 12345.5 and 1.12345", "12,345 and NUM and 12345.5 and 1.12345"),
        ("d'Arcy, 't Hooft", "d'Arcy, DUTCH"),
        ("⟪Bo⟫ and Bo", "BO and Bo"),
    ],
)
def test_names_are_found_as_whole_words(text: str, hidden: str) -> None:
    names = {"Ann": "ANN", "Ann Lee": "BOTH", "12345": "NUM", "'t Hooft": "DUTCH", "Bo": "BO", "": "", "?": ""}
    codes = Codes(names, b"key")
    found = codes.hide(text)
    for name, short in names.items():
        found = found.replace(code_of(name, b"key"), short)
    assert found == hidden


def test_a_name_that_the_author_uses_is_a_customer_only_where_it_is_marked_or_alone() -> None:
    codes = Codes(["Fisher", "Anders"], b"key", "By Fisher's test.")
    fisher, anders = code_of("Fisher", b"key"), code_of("Anders", b"key")
    assert codes.hide("Fisher's test of Anders") == f"Fisher's test of {anders}"
    assert codes.hide("Offer ⟪Fisher⟫ this") == f"Offer {fisher} this"
    assert codes.hide_between_tags("<td>Fisher</td><td>Fisher's</td>") == f"<td>{fisher}</td><td>Fisher's</td>"
    assert codes.hide("all of Fisher", {"Fisher"}) == f"all of {fisher}"


def test_a_round_number_at_an_axis_is_no_customer() -> None:
    codes = Codes(["15000", "15001"], b"key")
    drawn = "<text>15000</text><text>15001</text>"
    assert codes.hide_between_tags(drawn, ticks=True) == f"<text>15000</text><text>{code_of('15001', b'key')}</text>"
    assert "15000" not in codes.hide_between_tags(drawn)


def test_publishing_and_sharing_exclude_each_other(house: House) -> None:
    house.add_case("good", case_script().replace("seed: Seed = 1", "publish: str | None = None\nseed: Seed = 1"))
    done = house.run("--share", "-p", "publish=CASEBOOK_NO_SUCH")
    assert done.returncode == 2
