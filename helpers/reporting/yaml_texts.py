"""What does a text in YAML say, where it is of a size that a person would write?"""

from collections.abc import Hashable
from typing import Any

import yaml

MOST_LETTERS = 1_000_000
MOST_LEVELS = 20


class _Loader(yaml.SafeLoader):
    """The safe loader, for values that stand in the text once each, and not too deep."""

    level = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _Refused("an alias (*) stands for a value: say the value itself", self.peek_event().start_mark)
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
        text = super().construct_scalar(node)
        if is_no_text(text):
            raise _Refused("a text holds a letter that none has (NUL, or half of a pair)", node.start_mark)
        return text


class _Refused(yaml.MarkedYAMLError):
    def __init__(self, problem: str, mark: yaml.Mark) -> None:
        super().__init__(problem=problem, problem_mark=mark)


def is_no_text(text: str) -> bool:
    """Say whether a text holds what no file of text can: NUL, or half of a surrogate pair."""
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def read_yaml(text: str) -> Any:
    """Return what a text in YAML says, read by the safe loader; what it cannot be raises ValueError with the reason.

    >>> read_yaml("seed: 2")
    {'seed': 2}
    """
    if len(text) > MOST_LETTERS:
        raise ValueError(f"it is longer than {MOST_LETTERS:,} letters")
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        said = " ".join(str(error).replace(' in "<unicode string>",', " in").split())
        raise ValueError(said) from None
