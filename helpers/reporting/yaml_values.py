"""What did a person mean by a text in YAML, where YAML itself would change what was typed?

`No`, `2011-12-01` and `007` stay texts until a parameter wants something else, and what YAML takes for the start of a
comment is a part of the text on a command line. In a file, where comments are wanted, such a `#` is asked about.
"""

import re
from typing import Any

import yaml

HASH = "\ue000"  # stands for a # that shall begin no comment
CUT = re.compile(r"[ \t]+#(?=\S|[ \t]*[\0\r\n])")
PLAIN = {
    "null": (r"~|null|Null|NULL|", "~nN\0"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    "float": (r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?", "-+.0123456789"),
}  # what is more than a text, and how it starts


class _Values(yaml.SafeLoader):
    """The safe loader, for which only the plainest numbers, truth values and nulls are no texts."""

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        return super().construct_scalar(node).replace(HASH, "#")


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
            problem = f"the # after {node.value!r} would begin a comment: put the whole text in quotes"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        return node


def of_file(text: str) -> Any:
    """Return what the text of a YAML file says; yaml.YAMLError and ValueError say why it cannot be read."""
    return yaml.load(text, _WithComments)


def of_command_line(text: str) -> tuple[Any, Any]:
    """Return what a text of the command line says as YAML, and the same with every part as it was typed.

    >>> of_command_line("{invoice: Order #, price: 2011}")
    ({'invoice': 'Order #', 'price': 2011}, {'invoice': 'Order #', 'price': '2011'})
    """
    marked = text.replace("#", HASH)
    try:
        value, texts = yaml.load(marked, _Values), yaml.load(marked, _Texts)
    except (yaml.YAMLError, ValueError):
        return text, text
    changed = isinstance(value, str) and text.lstrip()[:1] not in {"'", '"'}
    return (text, text) if changed else (value, texts)
