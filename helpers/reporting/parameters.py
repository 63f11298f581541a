"""Which parameters does a notebook take, and is a given value one of theirs?

The notebook's cell tagged `parameters` is the only declaration. It is read, never run: each line is
`name: Type = default  # help`. A type is any Python annotation whose names the notebook imports; the
constrained ones that every case needs stand here.
"""

import ast
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from helpers.closure import imported
from helpers.errors import CasebookError, brief, nearest
from helpers.remembered import remembered
from helpers.reporting.notebooks import Cell, code_tree, parameters_cell, parse
from helpers.reporting.yaml_texts import of_command_line

Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Level = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Several = Annotated[int, Field(ge=2)]
ThreeOrMore = Annotated[int, Field(ge=3)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Day = Annotated[str, AfterValidator(lambda text: _day(text))]

DATA, SAMPLE = "data", "sample"
QUOTES = " A text in it that is a number, or has commas, colons, brackets or quotation marks, stands in quotes."


@dataclass(frozen=True)
class Parameter:
    """One declared parameter; `type` is the evaluated annotation's source text.

    >>> imports = {"Share": "helpers.reporting.parameters.Share"}
    >>> share = Parameter("min_support", "Share", 0.05, "share of the baskets", imports)
    >>> share.parse("0.1")
    0.1
    """

    name: str
    type: str
    default: Any
    help: str
    imports: Mapping[str, str]

    def annotation(self) -> Any:
        """Return the type; only the modules that it names are imported."""
        try:
            return eval(self.type, {name: pkgutil.resolve_name(place) for name, place in self._named().items()})
        except NameError as error:
            raise CasebookError(f"the notebook does not import the type of {self.name}: {error}") from None

    def _named(self) -> dict[str, str]:
        """Return from where each name in the type is imported."""
        names = compile(self.type, "<type>", "eval").co_names
        return {name: self.imports[name] for name in names if name in self.imports}

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the values that are allowed; of the data, without what reads them."""
        if self.name == DATA:
            return {"type": "string"}
        question = ["schema", self.type, self._named()]
        return remembered(question, lambda: TypeAdapter(self.annotation()).json_schema())

    def check(self, value: Any) -> Any:
        """Return `value`, as read from YAML, as one of this parameter's type."""
        return self._first_valid(value, [(value, True), *_readings_of_yaml(value)])

    def parse(self, text: str) -> Any:
        """Return the text of a command line as a value of this parameter's type."""
        value, as_typed = of_command_line(text)
        readings = [(value, True), (text, False), *_readings_of_yaml(value), (as_typed, True)]
        return self._first_valid(text, readings)

    def _first_valid(self, given: Any, readings: list[tuple[Any, bool]]) -> Any:
        adapter = TypeAdapter(self.annotation())
        reasons: list[str] = []
        for value, strict in readings:
            try:
                return adapter.dump_python(adapter.validate_python(value, strict=strict), mode="json")
            except ValidationError as error:
                reasons += [str(one["ctx"]["error"]) for one in error.errors() if one["type"] == "value_error"]
        schema = self.schema()
        guess = nearest(brief(given), _choices(schema))
        hint = f" Did you mean {guess}?" if guess else QUOTES if schema.get("type") in {"array", "object"} else ""
        about = f" ({self.help})" if self.help else ""
        wanted = reasons[0] if reasons else f"it must be {described(schema)}"
        raise CasebookError(f"{self.name}={brief(given)} is not allowed: {wanted}{about}.{hint}")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("it must be a day of the calendar, like 2022-01-31") from None


def declared(cells: list[Cell], path: Path) -> dict[str, Parameter]:
    """Return the parameters that the cells of the notebook at `path` declare, by name and in their order.

    A line that is not of the form `name: Type = default  # help` raises CasebookError.
    """
    cell = parameters_cell(cells, path)
    lines = cell.source.splitlines()
    imports = {name: place for _, place, name in imported(code_tree(cells))}
    parameters = [_parameter(statement, lines, imports, path) for statement in parse(cell.source).body]
    return {parameter.name: parameter for parameter in parameters}


def _parameter(statement: ast.stmt, lines: list[str], imports: Mapping[str, str], path: Path) -> Parameter:
    line = lines[statement.lineno - 1]
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as default):
            try:
                value = ast.literal_eval(default)
            except ValueError:
                raise CasebookError(f"{path}: the default is no plain value in {line!r}") from None
            comment = lines[(statement.end_lineno or 1) - 1][statement.end_col_offset or 0 :]
            about = comment.partition("#")[2].strip()
            return Parameter(name, ast.unparse(statement.annotation), value, about, imports)
    raise CasebookError(f"{path}: a parameter is 'name: Type = default  # help', not {line!r}")


def data_reader(parameter: Parameter) -> Any:
    """Return the check of file and header that the type of `data` carries, or None.

    The type is `Annotated[str, check]`, where `check(path, columns)` returns the files that it will read.
    """
    return next(iter(_functions(parameter)), None)


def data_examiner(parameter: Parameter) -> Any:
    """Return the second function in the type of `data`, which says what would be read, or None.

    It takes the values of all parameters and the path, None for the sample, and returns a `Diagnosis`.
    """
    return next(iter(_functions(parameter)[1:]), None)


def _functions(parameter: Parameter) -> list[Any]:
    return [extra for extra in get_args(parameter.annotation())[1:] if callable(extra)]


def _readings_of_yaml(value: Any) -> list[tuple[Any, bool]]:
    """Let containers and texts be converted; numbers and truth values must be what they are."""
    return [(value, False)] if isinstance(value, list | dict | str) else []


_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "null": "none",
    "object": "a mapping",
}
_BOUNDS = {
    "exclusiveMinimum": "greater than {}",
    "minimum": "at least {}",
    "exclusiveMaximum": "less than {}",
    "maximum": "at most {}",
}


def described(schema: Mapping[str, Any]) -> str:
    """Return in words what a JSON schema allows.

    >>> described({"type": "integer", "minimum": 1}), described({"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]})
    ('a whole number at least 1', 'one of a, b or none')
    """
    if "anyOf" in schema:
        return " or ".join(described(option) for option in schema["anyOf"])
    if choices := _choices(schema):
        return f"one of {', '.join(choices)}" if len(choices) > 1 else choices[0]
    if schema.get("type") == "array":
        return f"a list, each of it {described(schema.get('items', {}))}"
    if "format" in schema:
        return f"a {schema['format']} as ISO text"
    bounds = [text.format(schema[key]) for key, text in _BOUNDS.items() if key in schema]
    return " ".join([_WORDS.get(schema.get("type", ""), "any value"), " and ".join(bounds)]).strip()


def _choices(schema: Mapping[str, Any]) -> list[str]:
    return [str(choice) for choice in schema.get("enum", [schema["const"]] if "const" in schema else [])]
