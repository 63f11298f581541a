"""The whole command, on small cases in a copy of the project."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from helpers.reporting import cases
from helpers.reporting.provenance import command_line
from tests.house import Finished, House, case_script
from tests.trials.command import status_of

FAULTS = {
    "fault": "1 / 0",
    "bad": "raise CasebookError(\"sheet x, column price, row 5: 'x' is not allowed\")",
    "exit": "import sys; sys.exit()",
    "kill": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "asleep": "import time; time.sleep(600)",
}
PATIENCE = 12  # seconds for a cell: the others take one or two, and several where the machine is busy

OPEN = """
from helpers.errors import Unanswerable
def shares(visits):
    raise Unanswerable("Nobody came twice.")
# %%
again = shares(visits)
# %% [markdown]
# ## Part three
# %%
table(again, "again")
# %%
finding("There is more.")
"""


def stamp(path: Path) -> tuple[int, int]:
    return path.stat().st_mtime_ns, path.stat().st_ino


@pytest.fixture(scope="module")
def mixed(module_house: House) -> Finished:
    """Run a good case and one with an open question beside five that fail, each in its own way."""
    module_house.add_case("good", case_script())
    module_house.add_case("open", case_script(OPEN))
    for name, code in FAULTS.items():
        module_house.add_case(name, case_script(code))
    return module_house.run("--force", "--timeout", str(PATIENCE), "-j", "3")


def test_the_good_report_is_made_beside_those_that_fail(mixed: Finished, module_house: House) -> None:
    assert mixed.returncode == 1
    run = json.loads(module_house.out("good", "default", "run.json").read_text())
    assert run["status"] == "ok"
    assert run["metrics"] == {"customers": 3, "mean_visits": 0.5, "visit_share": 0.5}
    assert run["findings"] == ["There are 3 customers."]
    assert run["data"]["source"] == "sample"
    table = pd.read_csv(module_house.out("good", "default", "tables", "visits.csv"))
    assert table.to_dict("list") == {"customer": [0, 1, 2], "visits": [0.5] * 3}
    assert {path.name for path in module_house.out("good", "default").iterdir()} == {
        "report.html",
        "notebook.ipynb",
        "tables",
        "run.json",
    }


def test_what_the_data_cannot_answer_is_told_and_all_else_is_made(mixed: Finished, module_house: House) -> None:
    assert re.search(r"open/default: made in \d+ s, 1 question left open\n", mixed.stderr)
    run = json.loads(module_house.out("open", "default", "run.json").read_text())
    left = {"chapter": "Part two", "reason": "Nobody came twice.", "left_out": ["again"], "chapters": ["Part three"]}
    assert (run["status"], run["unanswered"]) == ("ok", [left])
    assert run["findings"] == ["There are 3 customers.", "There is more."]
    soup = BeautifulSoup(module_house.out("open", "default", "report.html").read_text(), "html.parser")
    assert "In Part two: Nobody came twice. Left out with it: some or all of Part three." in [
        item.text for item in soup.select("#unanswered li")
    ]
    assert "Left out here, as it rests on what the data cannot answer: Nobody came twice." in [
        tag.text for tag in soup.select(".cell .more")
    ]
    assert "1 question is left open by the data." in module_house.out("index.html").read_text()


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("bad", "sheet x, column price, row 5: 'x' is not allowed (in cell 7 of 7, Part two)"),
        ("fault", "ZeroDivisionError: division by zero (in cell 7 of 7, Part two)"),
        ("exit", "the notebook ended before its last cell (in cell 7 of 7, Part two)"),
        ("kill", "DeadKernelError: Kernel died (in cell 7 of 7, Part two)"),
        ("asleep", f"CellTimeoutError: A cell timed out while it was being executed, after {PATIENCE} seconds."),
    ],
)
def test_a_failure_is_told_in_a_sentence(mixed: Finished, module_house: House, case: str, error: str) -> None:
    assert f"{case}/default: failed: {error}" in mixed.stderr
    failed = json.loads(module_house.out(case, "default", "failed.json").read_text())
    assert failed["status"] == "failed"
    assert failed["error"].startswith(error)
    soup = BeautifulSoup(module_house.out(case, "default", "failed.html").read_text(), "html.parser")
    assert error in soup.select_one("[role=alert]").text
    assert "There are 3 customers." in soup.select_one("#findings").text, "what was made before is shown"
    assert not module_house.out(case, "default", "run.json").exists()


def test_no_traceback_reaches_the_terminal(mixed: Finished) -> None:
    assert "Traceback" not in mixed.stderr


def test_progress_names_report_and_cell(mixed: Finished) -> None:
    assert "good/default: starting the kernel" in mixed.stderr
    assert "good/default: cell 2 of 7, Part one" in mixed.stderr
    assert "good/default: cell 7 of 7, Part two" in mixed.stderr


def test_the_index_leads_to_reports_and_failures(mixed: Finished, module_house: House) -> None:
    assert mixed.stdout.strip() == str(module_house.out("index.html"))
    soup = BeautifulSoup(module_house.out("index.html").read_text(), "html.parser")
    links = [link["href"] for link in soup.select("article a")]
    assert sorted(links) == sorted(
        ["good/default/report.html", "open/default/report.html", *(f"{name}/default/failed.html" for name in FAULTS)]
    )
    assert all(module_house.out(link).exists() for link in links)


def test_up_to_date_by_content_and_a_failure_keeps_the_last_good_report(house: House) -> None:
    house.add_case("good", case_script())
    made = house.run()
    assert made.returncode == 0
    report, run = house.out("good", "default", "report.html"), house.out("good", "default", "run.json")
    before = stamp(report)
    for path in house.root.rglob("*.py"):
        path.touch()
    (house.root / "helpers" / "models" / "rules" / "significance.py").write_text("# not imported by this case")
    again = house.run()
    assert again.stderr.strip() == "good/default: is up to date"
    assert stamp(report) == before

    rules = house.root / "helpers" / "models" / "rules" / "mining.py"
    rules.write_text(rules.read_text() + "\nraise RuntimeError('broken helper')\n")
    broken = house.run()
    assert broken.returncode == 1
    assert "RuntimeError: broken helper" in broken.stderr
    assert stamp(report) == before, "the last good report stays"
    assert (run.parent / "failed.html").exists()

    rules.write_text(rules.read_text().replace("\nraise RuntimeError('broken helper')\n", ""))
    assert house.run().returncode == 0
    assert not (run.parent / "failed.html").exists()
    assert not list(house.out("good").glob(".*")), "nothing hidden is left"


def test_what_stands_behind_a_name_concerns_only_who_uses_it(house: House) -> None:
    use = "from helpers.models import clustering\nprint(clustering.{})"
    house.add_case("one", case_script(use.format("choose_features")))
    house.add_case("two", case_script(use.format("bootstrap_jaccard")))
    assert house.run().returncode == 0
    topic = house.root / "helpers" / "models" / "clustering"
    for name in ("feature_choice.py", "methods.py", "__init__.py"):
        with (topic / name).open("a") as file:
            file.write("# changed\n")
    done = house.run()
    assert "two/default: is up to date" in done.stderr
    assert "one/default: made in" in done.stderr


def test_a_sweep_makes_a_run_for_each_value_and_compares_them(house: House) -> None:
    house.add_case("good", case_script())
    done = house.run("good", "--sweep", "share=0.25,0.75,.25", "--sweep", "k=2", "-p", "sample_size=4")
    assert done.returncode == 0, done.stderr
    (page,) = house.out("good").glob("*/comparison.html")
    table = pd.read_csv(page.with_name("comparison.csv"))
    assert table[["share", "k", "customers", "mean_visits"]].to_numpy().tolist() == [
        [0.25, 2, 4, 0.25],
        [0.75, 2, 4, 0.75],
    ]
    soup = BeautifulSoup(page.read_text(), "html.parser")
    links = [link["href"] for link in soup.select("tbody a")]
    assert len(links) == 2
    assert all((page.parent / link).resolve().exists() for link in links)
    assert "Mean visits by share: 0.250 at 0.25 and 0.750 at 0.75." in str(soup)
    assert f"good/{page.parent.name}/comparison.html" in house.out("index.html").read_text()


def test_paths_scenarios_files_and_overrides(house: House, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "x.csv").write_text(folder.name)
    (here / "more.yaml").write_text("share: 0.3\nk: 7\n")
    house.add_case("good", case_script(), real="data: x.csv\nshare: 0.2\nseed: 5\n")
    done = house.run("-s", "real", "--data-dir", str(there), "-f", "more.yaml", "-p", "k=9", "-o", "out", cwd=here)
    assert done.returncode == 0, done.stderr
    (run_file,) = (here / "out" / "good").glob("real+????????/run.json")
    run = json.loads(run_file.read_text())
    assert run["parameters"] | {"data": Path(run["parameters"]["data"]).parent.name} == {
        "seed": 5, "sample_size": 3, "data": "there", "share": 0.3, "engine": "duckdb", "months": [1, 2], "k": 9,
    }  # fmt: skip
    assert run["data"]["source"] == "x.csv"
    assert len(run["data"]["fingerprint"]) == 64
    once_more = house.run(*shlex.split(command_line(run))[2:], "-o", "out", cwd=here)
    assert "is up to date" in once_more.stderr
    typed = house.run("-p", "data=x.csv", "--name", "mine", "-o", "out", cwd=here)
    assert typed.returncode == 0, typed.stderr
    mine = json.loads((here / "out" / "good" / "mine" / "run.json").read_text())
    assert mine["parameters"]["data"] == str(here / "x.csv")
    assert mine["data"]["fingerprint"] != run["data"]["fingerprint"]
    shutil.copy(here / "x.csv", there / "same.csv")
    same = house.run("-p", "data=../there/same.csv", "--name", "mine", "-o", "out", cwd=here)
    assert "good/mine: is up to date" in same.stderr, "the same content under another name"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-s", "reel"], "unknown scenario 'reel' of case 'good': did you mean 'real'? Choose from default, real."),
        (["-s", "real"], "unknown scenario 'real' of case 'other'"),
        (["-p", "shar=1"], "unknown parameter 'shar' of case 'good': did you mean 'share'?"),
        (["-p", "extra=1"], "unknown parameter 'extra' of case 'good'"),
        (
            ["good", "-p", "share=7"],
            "share=7 is not allowed: it must be a number greater than 0 and at most 1",
        ),
        (["good", "--sweep", "share=.1,7"], "share=7 is not allowed"),
        (["good", "--sweep", "shar=1"], "unknown parameter 'shar'"),
        (["good", "-p", "share"], "'share' is not of the form NAME=VALUE"),
        (["good", "-p", "data=no.csv"], "no.csv does not exist: it must be 'sample', a file or a folder"),
        (["good", "-f", "no.yaml"], "the parameters file no.yaml cannot be read: No such file or directory"),
        (["good", "-f", "list.yaml"], "list.yaml must hold 'name: value' lines, not ['a']"),
        (["good", "-f", "broken.yaml"], "broken.yaml is not YAML"),
        (
            ["good", "-f", "wrong.yaml"],
            "unknown parameter 'shares' of case 'good' in wrong.yaml: did you",
        ),
        (["good", "-o", "run_reports.py"], "run_reports.py cannot be written to: File exists"),
        (["good", "--name", "../up"], "--name '../up' is not allowed"),
        (["good", "-j", "0"], "'0' is not allowed: it must be a whole number, at least 1"),
        (["good", "--timeout", "soon"], "'soon' is not allowed"),
    ],
)
def test_a_wrong_request_is_refused_in_a_sentence(
    request_house: House,
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cases, "ROOT", request_house.root)
    monkeypatch.chdir(request_house.root)
    assert status_of(arguments, monkeypatch) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


def test_after_a_wrong_request_no_kernel_starts(request_house: House) -> None:
    done = request_house.run("god")
    assert done.returncode == 2
    assert done.stderr == "run_reports.py: unknown case 'god': did you mean 'good'? Choose from good, other.\n"
    assert not request_house.out().exists()


@pytest.fixture(scope="module")
def request_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("requests") / "house")
    house.add_case("good", case_script(), real="share: 0.2")
    house.add_case("other", case_script().replace("k: int | None", "extra: int | None").replace(", k,", ", extra,"))
    for name, text in {"list": "[a]", "broken": "a: [", "wrong": "shares: 1"}.items():
        (house.root / f"{name}.yaml").write_text(text)
    return house


def test_cases_and_parameters_are_listed(request_house: House) -> None:
    cases = request_house.run("--list").stdout.splitlines()
    assert [line.split() for line in cases] == [
        ["good", "default,", "real", "How", "many", "visits?"],
        ["other", "default", "How", "many", "visits?"],
    ]
    listed = request_house.run("--list", "good").stdout
    assert ["share", "Share", "=", "0.5", "of", "something"] in [line.split() for line in listed.splitlines()]


def test_an_interruption_leaves_the_old_report_and_nothing_else(house: House) -> None:
    house.add_case("good", case_script())
    assert house.run().returncode == 0
    before = stamp(house.out("good", "default", "report.html"))
    house.add_case("good", case_script("import time; time.sleep(60)"))
    process = subprocess.Popen(house.command(), stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stderr
    for line in process.stderr:
        if "cell 7 of 7" in line:
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 143
    process.stderr.close()
    assert stamp(house.out("good", "default", "report.html")) == before
    house.add_case("good", case_script("'shorter'"))
    assert house.run().returncode == 0
    assert sorted(path.name for path in house.out("good").iterdir()) == ["default"]


def test_a_report_that_cannot_be_drawn_is_a_failure_too(house: House) -> None:
    house.add_case("good", case_script())
    rendering = house.root / "helpers" / "reporting" / "rendering.py"
    text = rendering.read_text()
    rendering.write_text(
        text.replace("    body = _body(", "    1 / len(notebook.cells[6:]) if not failure else 0\n    body = _body(")
    )
    house.add_case("short", "\n# %%\n".join(case_script("1").split("\n# %%\n")[:3]))
    done = house.run("-j", "2")
    assert done.returncode == 1
    assert "short/default: failed: ZeroDivisionError: division by zero" in done.stderr
    assert "good/default: made in" in done.stderr
    assert house.out("short", "default", "failed.html").exists()
    assert "short/default/failed.html" in house.out("index.html").read_text()


def test_a_command_that_cannot_be_copied_makes_its_reports_by_new_processes(house: House) -> None:
    house.add_case("good", case_script())
    busy = "threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
    code = f"import sys, threading, time; {busy}; import run_reports; sys.exit(run_reports.main())"
    done = subprocess.run([sys.executable, "-c", code], cwd=house.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert house.out("good", "default", "report.html").exists()


def test_strange_folders_and_half_written_files_among_the_reports_are_left_alone(house: House) -> None:
    house.add_case("good", case_script())
    for name, content in {
        "good/broken/run.json": "",
        "stuff/x/run.json": '{"a": 1}',
        "good/.default@old/x": "1",
    }.items():
        house.out(name).parent.mkdir(parents=True)
        house.out(name).write_text(content)
    done = house.run()
    assert done.returncode == 0, done.stderr
    assert "broken" not in house.out("index.html").read_text()
    assert house.out("good", ".default@old", "x").exists()


def test_two_commands_at_once_with_temporary_folders_of_their_own_leave_one_whole_report(
    house: House, tmp_path: Path
) -> None:
    house.add_case("good", case_script())
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    both = [
        subprocess.Popen(
            house.command("--force"),
            env=os.environ | {"TMPDIR": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for folder in folders
    ]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert [path.name for path in house.out("good").iterdir()] == ["default"]
    assert sorted(path.name for path in house.out().iterdir()) == ["good", "index.html"]
    assert [left for folder in folders for left in folder.glob("casebook-*")] == []
    assert house.run().stderr.strip() == "good/default: is up to date"
