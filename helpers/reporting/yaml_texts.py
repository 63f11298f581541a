"""What did a person mean by a text in YAML, where it is of a size that a person would write?

YAML itself would change what was typed: `No`, `2011-12-01` and `007` stay texts until a parameter wants something
else, and what it takes for the start of a comment is a part of the text on a command line. In a file, where comments
are wanted, such a `#` is asked about.
"""

import re
from collections.abc import Hashable
from typing import Any

import yaml

MOST_LETTERS = 1_000_000
MOST_LEVELS = 20
HASH = "\ue000"  # stands for a # that shall begin no comment
CUT = re.compile(r"[ \t]+#(?=\S|[ \t]*[\0\r\n])")
PLAIN = {
    "null": (r"~|null|Null|NULL|", "~nN\0"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    "float": (r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?", "-+.0123456789"),
}  # what is more than a text, and how it starts


class _Values(yaml.SafeLoader):
    """The safe loader, for values that stand in the text once each, and not too deep.

    Only the plainest numbers, truth values and nulls are no texts.
    """

    level = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _Refused("an alias (*) stands for a value: say the value itself", self.peek_event().start_mark)
        if self.peek_event().tag not in {None, "!"}:
            raise _Refused("a tag (!) stands before a value: say the value alone", self.peek_event().start_mark)
        if self.level >= MOST_LEVELS:
            raise _Refused(f"lists and mappings are more than {MOST_LEVELS} deep", self.peek_event().start_mark)
        self.level += 1
        node = super().compose_node(parent, index)
        self.level -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names = [self.construct_object(name, deep=True) for name, _ in node.value]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise _Refused(f"{name!r} is said twice", node.value[place][0].start_mark)
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        text = super().construct_scalar(node).replace(HASH, "#")
        if is_no_text(text):
            raise _Refused("a text holds a letter that none has (NUL, or half of a pair)", node.start_mark)
        return text


_Values.yaml_implicit_resolvers = {}
for _name, (_form, _starts) in PLAIN.items():
    _Values.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(rf"({_form})\Z"), [*_starts, ""])


class _Texts(_Values):
    """The same, for which all is text."""


_Texts.yaml_implicit_resolvers = {}


class _WithComments(_Values):
    """The same for a file: a text that a comment may cut off without a person's will is asked about."""

    def compose_scalar_node(self, anchor: dict[Any, yaml.Node]) -> yaml.ScalarNode:
        node = super().compose_scalar_node(anchor)
        end = node.end_mark
        if node.style is None and node.tag.endswith(":str") and CUT.match(str(end.buffer), end.pointer):
            raise _Refused(
                f"the # after {node.value!r} would begin a comment: put the whole text in quotes", node.start_mark
            )
        return node


class _Refused(yaml.MarkedYAMLError):
    def __init__(self, problem: str, mark: yaml.Mark) -> None:
        super().__init__(problem=problem, problem_mark=mark)


def is_no_text(text: str) -> bool:
    """Say whether a text holds what no file of text can: NUL, or half of a surrogate pair."""
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def of_file(text: str) -> Any:
    """Return what the text of a YAML file says; what it cannot be raises ValueError with the reason.

    >>> of_file("seed: 2  # of the sample")
    {'seed': 2}
    """
    return _load(text, _WithComments)


def of_command_line(text: str) -> tuple[Any, Any]:
    """Return what a text of the command line says as YAML, and the same with every part as it was typed.

    >>> of_command_line("{invoice: Order #, price: 2011}")
    ({'invoice': 'Order #', 'price': 2011}, {'invoice': 'Order #', 'price': '2011'})
    """
    marked = text.replace("#", HASH)
    try:
        value, texts = _load(marked, _Values), _load(marked, _Texts)
    except ValueError:
        return text, text
    changed = isinstance(value, str) and text.lstrip()[:1] not in {"'", '"'}
    return (text, text) if changed else (value, texts)


def _load(text: str, loader: type[_Values]) -> Any:
    if len(text) > MOST_LETTERS:
        raise ValueError(f"it is longer than {MOST_LETTERS:,} letters")
    try:
        return yaml.load(text, loader)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
