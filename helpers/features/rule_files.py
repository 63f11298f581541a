"""Is the file of rules that a marketer has edited one that the report can use?"""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from helpers.errors import CasebookError


class Strict(BaseModel):
    """A part of such a file: nothing in it that is not known, and nothing to be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Rules = TypeVar("Rules", bound=Strict)


def read_rules(path: Path, form: type[Rules]) -> Rules:
    """Return the content of a YAML file; CasebookError says where it is not of the form that it must have."""
    try:
        return form.model_validate(yaml.safe_load(path.read_text()))
    except yaml.YAMLError as error:
        raise CasebookError(f"{path.name} cannot be read: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CasebookError(f"{path.name}, {place}: {first['msg']}, not {first['input']!r}") from None
