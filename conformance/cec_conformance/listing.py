"""The commands `cec-conformance rules` and `cec-conformance cases`: what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cec_conformance.results import Subject
    from cec_conformance.rule import Family
    from cec_conformance.words import Language

_lang = click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", show_default=True)


_of = click.argument("subject", type=click.Choice(["client", "server"]), required=False)


@click.command()
@_of
@_lang
def rules(subject: Subject | None, language: Language) -> None:
    """Print the catalogue of rules: id, level, basis, section of the guide, and what is demanded.

    Those for clients, then those for servers, unless one of the two is named.
    """
    from cec_conformance.printing import as_text  # noqa: PLC0415  (help needs none of it)
    from cec_conformance.rules import FAMILIES  # noqa: PLC0415
    from cec_conformance.server.rules import SERVER_FAMILIES  # noqa: PLC0415

    families: dict[Subject, tuple[Family, ...]] = {"client": FAMILIES, "server": SERVER_FAMILIES}
    for name, found in families.items():
        if subject in {None, name}:
            click.echo(as_text(found, language), nl=False)


@click.command()
@_of
@_lang
def cases(subject: Subject | None, language: Language) -> None:
    """List the fixed cases for clients and the visits to servers: name, what happens, and the rules they aim at.

    Both, unless one of the two is named.
    """
    from cec_conformance.cases.fixed import FIXED  # noqa: PLC0415  (help needs none of it)
    from cec_conformance.server.visits import VISITS  # noqa: PLC0415

    chosen = [*(FIXED if subject != "server" else ()), *(VISITS if subject != "client" else ())]
    width = max(len(case.name) for case in chosen)
    for case in chosen:
        extent = "smoke" if case.smoke else "thorough" if case.slow else "quick"
        click.echo(f"{case.name:<{width}}  {extent:<8}  {case.title.say(language)}")
        click.echo(f"{'':<{width}}  {'':<8}  {' '.join(case.aims)}")
