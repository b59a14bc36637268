"""Finds entries of a YAML file by JSON pointer and returns their original lines."""

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser is ten times as fast, where PyYAML was built with it."""


class YamlLines:
    """A YAML file whose outer mappings are in block style."""

    def __init__(self, text: str) -> None:
        """Parse the file once to get the positions of its entries."""
        self.lines = text.rstrip("\n").split("\n")
        self.root = yaml.compose(text, LOADER)

    def names(self, pointer: str) -> list[str]:
        """The keys of the mapping at a pointer; empty if there is no such mapping."""
        node = self.node(pointer)
        return [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []

    def has(self, pointer: str) -> bool:
        """True if there is a value at a pointer."""
        return self.node(pointer) is not None

    def node(self, pointer: str) -> yaml.Node | None:
        """The value at a pointer; the empty pointer is the whole file."""
        found = self.root
        for key in parts(pointer):
            entries = found.value if isinstance(found, yaml.MappingNode) else []
            found = next((value for name, value in entries if name.value == key), None)
        return found

    def entry(self, pointer: str) -> list[str]:
        """The lines of a key, its value and the comments above it, without surrounding blank lines."""
        start, end = self.span(pointer)
        return self.lines[start:end]

    def span(self, pointer: str) -> tuple[int, int]:
        """The numbers of the first line of an entry and of the line after it."""
        parent, _, _ = pointer.rpartition("/")
        mapping = self.node(parent)
        assert isinstance(mapping, yaml.MappingNode)
        key = next(name for name, _ in mapping.value if name.value == parts(pointer)[-1])
        start = end = key.start_mark.line
        while self.is_comment(start - 1, key.start_mark.column):
            start -= 1
        end += 1
        while end < len(self.lines) and self.is_within(end, key.start_mark.column):
            end += 1
        while not self.lines[end - 1].strip():
            end -= 1
        return start, end

    def item(self, node: yaml.Node) -> list[str]:
        """The lines of an item of a sequence in block style, without the indentation of its dash."""
        start, dash = node.start_mark.line, node.start_mark.column - len("- ")
        end = start + 1
        while end < len(self.lines) and self.is_within(end, dash):
            end += 1
        return [line[dash:] for line in self.lines[start:end] if line.strip()]

    def is_comment(self, number: int, column: int) -> bool:
        """True if a line is a comment that starts at a column."""
        return number >= 0 and indentation(self.lines[number]) == column and self.lines[number][column] == "#"

    def is_within(self, number: int, column: int) -> bool:
        """True if a line is blank or belongs to the value of a key at a column."""
        return not self.lines[number].strip() or indentation(self.lines[number]) > column


def parts(pointer: str) -> list[str]:
    """The segments of a JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def indentation(line: str) -> int:
    """Number of leading spaces; -1 for a blank line."""
    return len(line) - len(line.lstrip(" ")) if line.strip() else -1
