"""The two clients are the same but for `async` and `await`, so that what is tested of one holds of the other."""

from __future__ import annotations

import ast
import inspect
import re

from cec_client import async_client, client


def essence(source: str) -> list[str]:
    """Give the statements without comments and docstrings, the asynchronous names mapped; imports in no order."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = node.body[1 if ast.get_docstring(node) is not None else 0 :] or [ast.Pass()]
    plain = re.sub(r"\b(async |await )|(?<=\b__)a(?=(enter|exit|iter|next)__)", "", ast.unparse(tree))
    lines = re.sub(r"\bAsync(?=[A-Z])|(?<=Stop)Async(?=Iteration)|\basync_(?=\w)", "", plain).splitlines()
    imports = [line for line in lines if " import " in line]
    return sorted(imports) + [line for line in lines if line not in imports]


def test_the_clients_are_twins() -> None:
    ours, theirs = essence(inspect.getsource(client)), essence(inspect.getsource(async_client))
    assert len(ours) > 100
    assert ours == theirs
