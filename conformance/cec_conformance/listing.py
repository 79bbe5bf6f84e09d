"""The commands `cec-conformance rules` and `cec-conformance cases`: what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cec_conformance.words import Language

_lang = click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", show_default=True)


@click.command()
@_lang
def rules(language: Language) -> None:
    """Print the catalogue of rules: id, level, basis, section of the guide, and what is demanded."""
    from cec_conformance.printing import as_text  # noqa: PLC0415  (help needs none of it)
    from cec_conformance.rules import FAMILIES  # noqa: PLC0415

    click.echo(as_text(FAMILIES, language), nl=False)


@click.command()
@_lang
def cases(language: Language) -> None:
    """List the fixed cases: name, what happens, and the rules they aim at."""
    from cec_conformance.cases.fixed import FIXED  # noqa: PLC0415  (help needs none of it)

    width = max(len(case.name) for case in FIXED)
    for case in FIXED:
        extent = "smoke" if case.smoke else "thorough" if case.slow else "quick"
        click.echo(f"{case.name:<{width}}  {extent:<8}  {case.title.say(language)}")
        click.echo(f"{'':<{width}}  {'':<8}  {' '.join(case.aims)}")
