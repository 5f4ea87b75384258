"""Our own source files, parsed once, for the guard tests."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

CODE = Path(__file__).resolve().parents[2]
ROOT = CODE.parent


@dataclass(frozen=True)
class Import:
    """``module`` is what is imported from; for ``import a.b`` that is ``a.b``."""

    module: str
    names: tuple[str, ...]
    line: int
    only_types: bool

    @property
    def full_names(self) -> tuple[str, ...]:
        """Each thing that it could bring in: ``from a import b`` may mean the module ``a.b``."""
        return (self.module, *(f"{self.module}.{name}" for name in self.names))


@dataclass(frozen=True)
class Source:
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        """As one says it: ``motcua/kernel/cases/actions/moving.py``."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def parts(self) -> tuple[str, ...]:
        return self.path.relative_to(CODE).with_suffix("").parts

    @property
    def package(self) -> str:
        """The kernel package, module or connector that it belongs to: ``motcua.kernel.cases``; else its floor."""
        floor = self.parts[0]
        depth = 2 if floor in {"kernel", "modules", "connectors"} and len(self.parts) > 2 else 1
        return ".".join(("motcua", *self.parts[:depth]))

    @property
    def room(self) -> str:
        """``actions`` for actions.py and for every file of the package actions/; "" on floors without rooms."""
        return self.parts[2] if self.parts[0] in {"kernel", "modules", "connectors"} and len(self.parts) > 2 else ""

    @property
    def is_test(self) -> bool:
        return "tests" in self.parts or self.parts[0] == "testing" or self.path.name.startswith("test_")

    @cached_property
    def imports(self) -> list[Import]:
        """All of them, also those inside functions."""
        return list(_imports(self.tree, only_types=False))

    @cached_property
    def calls(self) -> list[tuple[str, ast.Call]]:
        """Each call with the dotted name that is called: ``timezone.now``."""
        return [(dotted(node.func), node) for node in ast.walk(self.tree) if isinstance(node, ast.Call)]


def _imports(tree: ast.AST, *, only_types: bool) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(name.name, (), node.lineno, only_types) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield Import(node.module or "", tuple(name.name for name in node.names), node.lineno, only_types)
        elif isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING"):
            for child in node.body:
                yield from _imports(ast.Module([child], []), only_types=True)
            for child in node.orelse:
                yield from _imports(ast.Module([child], []), only_types=only_types)
        else:
            yield from _imports(node, only_types=only_types)


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


@cache
def sources() -> tuple[Source, ...]:
    return tuple(Source(path) for path in sorted(CODE.rglob("*.py")) if "migrations" not in path.parts)


def in_use() -> list[Source]:
    """What runs in a city: without tests."""
    return [source for source in sources() if not source.is_test]
