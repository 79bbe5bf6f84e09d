"""The documents that are made of the catalogue and the twins: `python -m tests.conformance.documents` writes them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from cec_conformance.cases.fixed import FIXED
from cec_conformance.printing import as_markdown
from cec_conformance.rules import CLIENT_RULES, FAMILIES
from cec_conformance.server.rules import SERVER_FAMILIES, SERVER_RULES
from cec_conformance.server.twins import SERVER_TWINS
from cec_conformance.server.visits import VISITS
from cec_conformance.twins import TWINS
from mock_cec import openapi

from tests.conformance.matrix import AT_THE_GATEWAY, objecting, row
from tests.conformance.server.matrix import LEVELS, found

DOCS: Final = Path(__file__).parents[2] / "docs"
BEGIN: Final = "<!-- generated: python -m tests.conformance.documents -->\n"
END: Final = "<!-- end -->"

RULES: Final = f"""\
# The rules · 规则

{BEGIN}
What the judge demands of a client, and below [of a server](#the-rules-for-servers--服务端规则).
**MUST** fails the run, **SHOULD** is a warning, **INFO** records what the guide leaves open. *Documented* is said in
the guide, *inferred* follows from it, *reference* stands in the vendor's API reference alone, *hygiene* is sound
practice, *contract* is the [agreement](driver-contract.md) between the judge and the client that it starts. §5.4 is
step 4 of chapter 5. Where each statement of the guide is held: [coverage.md](coverage.md).

本工具对客户端与服务端的要求。**MUST**：违反即不合格；**SHOULD**：违反则警告；**INFO**：文档未规定，仅作记录。
§5.4 指第 5 章步骤 4。

# The rules for clients · 客户端规则

"""

OF_SERVERS: Final = """\

# The rules for servers · 服务端规则

"""

GATEWAY_TWINS: Final = ", ".join(sorted(AT_THE_GATEWAY))

MATRIX: Final = f"""\
# The judge is judged: the matrix of twins and rules

{BEGIN}
Each row is a faulty twin: a correct client, or server, but for one thing. Each column is a rule, in the same order. All
twins were played through all fixed cases without media, or visited by all visits, in virtual time. That of
{GATEWAY_TWINS} played those with media too, as a program that calls the gateway over real sockets; without media it is
correct.

- `X` its own rule caught the twin: the diagonal.
- `s` a SHOULD objected too, `i` a rule that only records found it odd; both are named behind the row.
- `!` another MUST failed. There is none: of what must be kept, each twin breaks its own rule alone.
- `.` no objection.

"""

MATRICES: Final = """\
## Clients

```text
{clients}
```

## Servers

```text
{servers}
```
"""


def rules() -> str:
    """Write docs/rules.md."""
    return RULES + as_markdown(FAMILIES) + OF_SERVERS + as_markdown(SERVER_FAMILIES)


def matrix() -> str:
    """Write docs/matrix.md; this plays every twin, and takes its time."""
    clients = "\n".join(row(rule.id, objecting(rule.id)) for rule in CLIENT_RULES)
    servers = "\n".join(row(rule.id, found(SERVER_TWINS[rule.id]).objecting, LEVELS) for rule in SERVER_RULES)
    return MATRIX + MATRICES.format(clients=clients, servers=servers)


def coverage() -> str:
    """Write docs/coverage.md: the statements are written by hand, the table behind them is made."""
    text = (DOCS / "coverage.md").read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    return head + BEGIN + places() + END + rest.partition(END)[2]


def places() -> str:
    """Write the table of rules: the twin of each, and the cases or visits that aim at it."""
    twins: dict[str, type] = {**TWINS, **SERVER_TWINS}
    lines = ["| rule | level | § | twin | cases |", "|---|---|---|---|---|"]
    for rule in (*CLIENT_RULES, *SERVER_RULES):
        cases = ", ".join(f"`{case.name}`" for case in (*FIXED, *VISITS) if rule.id in case.aims)
        section = rule.section.replace("§", "") or "–"
        twin = twins[rule.id].__name__
        lines.append(f"| {rule.id} | {rule.level.value} | {section} | `{twin}` | {cases or '–'} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write them all; what visitors do wrong on purpose is no news."""
    logging.getLogger("mock_cec").addHandler(logging.NullHandler())
    for name, write in (("rules", rules), ("matrix", matrix), ("coverage", coverage)):
        (DOCS / f"{name}.md").write_text(write(), encoding="utf-8")
    (DOCS / "openapi.yaml").write_text(openapi.written(), encoding="utf-8")


if __name__ == "__main__":
    main()
