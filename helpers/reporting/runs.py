"""What is told of a run where several stand side by side, whatever version of this project left it?

A field that an old run.json lacks, or that holds something strange, is empty.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, ValidationInfo, ValidatorFunctionWrapHandler, field_validator
from pydantic_core import PydanticUseDefault

from helpers.errors import CasebookError, brief
from helpers.reporting.freshness import read_run
from helpers.reporting.parameters import DATA, SAMPLE
from helpers.reporting.requests import SHARED
from helpers.wording import listing


class _Told(BaseModel):
    """Fields that were read from a file: a strange one is empty, and so is what is strange in a list."""

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_empty(cls, value: Any, handler: ValidatorFunctionWrapHandler, _: ValidationInfo) -> Any:
        for reading in [
            value,
            *([[one for one in value if _fits(handler, [one])]] if isinstance(value, list) else []),
        ]:
            try:
                return handler(reading)
            except ValidationError:
                continue
        raise PydanticUseDefault


def _fits(handler: ValidatorFunctionWrapHandler, value: Any) -> bool:
    try:
        handler(value)
    except ValidationError:
        return False
    return True


class KeyFigure(_Told):
    """A key figure as it is shown."""

    name: str = ""
    label: str = ""
    written: str = ""
    value: float | None = None
    reference: str = ""


class Verdict(_Told):
    """A check as it is shown."""

    question: str = ""
    verdict: str = ""
    says: str = ""


class Run(_Told):
    """A run as its run.json or, where it never was good, its failed.json tells it."""

    case: str = ""
    run: str = ""
    title: str = ""
    scenario: str = ""
    made: datetime | None = None
    seconds: float | None = None
    data: dict[str, Any] = {}
    overrides: dict[str, Any] = {}
    answer: str = ""
    picture: str = ""
    key_figures: list[KeyFigure] = []
    checks: list[Verdict] = []
    metrics: dict[str, float] = {}
    findings: list[str] = []
    unanswered: list[dict[str, Any]] = []

    @property
    def differs(self) -> str:
        """What differs from the scenario: "n_clusters = 5", or nothing."""
        return differing(self.overrides)

    @property
    def name(self) -> str:
        """What the run is called: by what differs from the scenario, and as its maker called it."""
        automatic = rf"{re.escape(self.scenario)}(\+[0-9a-f]{{8}})?({re.escape(SHARED)})?"
        own = "" if re.fullmatch(automatic, self.run) else self.run.removesuffix(SHARED)
        told = ": ".join(filter(None, [own, self.differs])) or self.scenario or self.run
        return f"{told}, made to share" if self.run.endswith(SHARED) else told

    @property
    def origin(self) -> str:
        """Where the data came from."""
        source = str(self.data.get("source", ""))
        return "Generated sample data" if source == SAMPLE else f"Data: {source}" if source else "Data not told"

    @property
    def duration(self) -> str:
        """How long the run took, in words."""
        if self.seconds is None:
            return ""
        minutes, seconds = divmod(round(self.seconds), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def differing(values: dict[str, Any]) -> str:
    """Return values of parameters as a run is called by them.

    >>> differing({"n_clusters": 5, "data": "/home/anna/shop.csv", "min_support": 0.05})
    'n_clusters = 5, data = shop.csv and min_support = 0.05'
    """
    return listing((f"{name} = {shown(name, value)}" for name, value in values.items()), most=99)


def shown(name: str, value: Any) -> str:
    """Return the value of a parameter as it stands in the name of a run, of a path only its end."""
    if name == DATA:
        return Path(str(value)).name
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def read(folder: Path) -> tuple[Run, str | None] | None:
    """Return the run in a folder, and why its last try failed, or None where there is none.

    Where what should tell of one is strange, CasebookError says how.
    """
    files = [folder / "run.json", folder / "failed.json"]
    good, failed = map(read_run, files)
    either = good or failed
    if not either:
        if there := [file.name for file in files if file.exists()]:
            raise CasebookError(f"its {there[0]} cannot be read")
        return None
    told = f"{either.get('case')}/{either.get('run')}"
    if told != f"{folder.parent.name}/{folder.name}":
        raise CasebookError(f"it tells of the run {brief(told)}")
    return Run.model_validate(either), str(failed.get("error", "the reason is not told")) if failed else None


def labels_of(several: Iterable[Run]) -> dict[str, str]:
    """Return the labels of all key figures of several runs by their names, in the order in which they come."""
    return {one.name: one.label for run in several for one in run.key_figures if one.name}
