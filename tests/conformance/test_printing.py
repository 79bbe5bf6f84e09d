from __future__ import annotations

import pytest
from cec_conformance.facts import Fact
from cec_conformance.printing import as_markdown, as_text, attributes
from cec_conformance.rule import EVERY_OTHER, Basis, Family, Level, Rule
from cec_conformance.rules import CLIENT_RULES, FAMILIES
from cec_conformance.server.rules import SERVER_FAMILIES, SERVER_RULES
from cec_conformance.words import Words

NOTHING = Family("Nothing", "无")
TEA = Family("Tea", "茶")
TEA.rule(
    "C-TEA-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§9.1",
    Words("Tea is " + "hot and " * 15 + "sweet.", "茶要热而甜。"),
    accepts=Words("Milk.", "加奶。"),
    twin=Words("serves it cold", "上冷茶"),
    needs=[Fact.TIMES, Fact.FLOW],
    yields_to=["C-POT-02", "C-POT-01", "C-CUP-01"],
)(lambda _: iter(()))
TEA.rule(
    "C-TEA-02",
    Level.INFO,
    Basis.CONTRACT,
    "",
    Words("Cups are full.", "杯子要满。"),
    twin=Words("spills", "洒出来"),
    yields_to=EVERY_OTHER,
)(lambda _: iter(()))

ENGLISH = f"""\
Tea
  C-TEA-01  MUST  documented  §9.1
      Tea is {"hot and " * 10}hot and
      hot and hot and hot and hot and sweet.
      Accepted as well: Milk.
      Needs to know: which of the three flows was wanted; the times of requests and answers
      Blocked where one of these is broken: C-CUP-01, C-POT-01/02
      The faulty twin: serves it cold
  C-TEA-02  INFO  contract
      Cups are full.
      Blocked where one of these is broken: any other
      The faulty twin: spills

"""

CHINESE = """\
茶
  C-TEA-01  MUST  文档明言  §9.1
      茶要热而甜。
      同样接受: 加奶。
      需要知道: 所要的流程（三种之一）；请求与响应的时间
      以下任一规则已违反时不判定: C-CUP-01, C-POT-01/02
      错误样例: 上冷茶
  C-TEA-02  INFO  启动约定
      杯子要满。
      以下任一规则已违反时不判定: 任何其他规则
      错误样例: 洒出来

"""

FACTS = "所要的流程（三种之一）；请求与响应的时间"

MARKDOWN = f"""\
## Tea · 茶

### C-TEA-01

**MUST** · documented · 文档明言 · §9.1

Tea is {"hot and " * 15}sweet.<br>茶要热而甜。

- Accepted as well · 同样接受: Milk.<br>加奶。
- Needs to know · 需要知道: which of the three flows was wanted; the times of requests and answers<br>{FACTS}
- Blocked where one of these is broken · 以下任一规则已违反时不判定: C-CUP-01, C-POT-01/02
- The faulty twin · 错误样例: serves it cold<br>上冷茶

### C-TEA-02

**INFO** · contract · 启动约定

Cups are full.<br>杯子要满。

- Blocked where one of these is broken · 以下任一规则已违反时不判定: any other<br>任何其他规则
- The faulty twin · 错误样例: spills<br>洒出来
"""


def test_the_catalogue_is_printed_in_english() -> None:
    assert as_text([NOTHING, TEA]) == ENGLISH


def test_the_catalogue_is_printed_in_chinese() -> None:
    assert as_text([NOTHING, TEA], "zh") == CHINESE


def test_the_catalogue_is_written_as_markdown_in_both_languages() -> None:
    assert as_markdown([NOTHING, TEA]) == MARKDOWN


@pytest.mark.parametrize("rule", [*CLIENT_RULES, *SERVER_RULES], ids=lambda rule: rule.id)
def test_every_rule_is_told_in_full_in_both_languages(rule: Rule) -> None:
    for words in (rule.words, rule.twin, *(text for _, text in attributes(rule))):
        assert words.en
        assert words.zh
    assert any("一" <= letter <= "鿿" for letter in rule.words.zh)
    assert rule.words.en in as_markdown([*FAMILIES, *SERVER_FAMILIES])
    assert rule.words.zh in as_text([*FAMILIES, *SERVER_FAMILIES], "zh")


@pytest.mark.parametrize("rules", [CLIENT_RULES, SERVER_RULES], ids=["client", "server"])
def test_rules_yield_to_rules_of_the_catalogue(rules: tuple[Rule, ...]) -> None:
    families = {rule.id.rpartition("-")[0] for rule in rules}
    named = {other for rule in rules for other in rule.yields_to - EVERY_OTHER}
    assert {name for name in named if name.rpartition("-")[0] in families} <= {rule.id for rule in rules}
