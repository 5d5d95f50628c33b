"""One page of what was run, in English and Chinese, in the order in which it is taught.

Both languages stand in the file, and a switch at its top hides one of them; it needs no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kullback.lab import chinese
from kullback.lab.claim import CHAPTERS, Chapter, Claim, Statement, Words
from kullback.lab.laboratory import drawn_from
from kullback.lab.ledger import LEDGER
from kullback.lab.outcome import Panel, by_seed, disagree
from kullback.report.elements import Html, drawing, element, together
from kullback.report.page import STYLE
from kullback.report.words import number
from kullback.runs.folder import write_whole

_STYLE = Path(__file__).with_name("page.css")

_TITLE = Words("The theory, claim by claim", "理论的每个论断，逐一检验")
_LEDE = Words(
    "What tutorials say of PCA, autoencoders, VAEs and GANs, run as experiments. A verdict follows "
    "from the measured figures by the rule below them: a claim holds if all it says is true, is "
    "qualified if only some of it is, and refuted if none is. What is trained is trained from "
    "several seeds, and judged by the mean; where single seeds say otherwise it is told. "
    "Divergences are in nats.",
    "教程里关于 PCA、自编码器、VAE 与 GAN 的说法，在这里逐条做成实验。"
    "判定由测得的数值按其下的规则得出："
    "全部成立为“成立”，部分成立为“有保留”，全不成立为“不成立”。"
    "需要训练的实验用几个随机种子各做一遍，以均值判定；个别种子与均值不一致时会注明。"
    "散度以奈特为单位。",
)
_CHAPTERS: dict[Chapter, Words] = {
    "divergences": Words("Entropy and divergences", "熵与散度"),
    "autoencoders": Words("PCA, autoencoders, VAEs", "PCA、自编码器与 VAE"),
    "gan": Words("GANs: the game", "GAN：博弈"),
    "wasserstein": Words("Wasserstein GANs", "Wasserstein GAN"),
    "joint": Words("The joint view", "联合分布的视角"),
    "two data sets": Words("Two data sets", "两个数据集"),
}
_VERDICTS = {
    "holds": Words("holds", "成立"),
    "qualified": Words("qualified", "有保留"),
    "refuted": Words("refuted", "不成立"),
}
_SOURCES = {
    "proof": Words("from a proof", "由证明得出"),
    "closed form": Words("from a closed form", "由闭式得出"),
    "run": Words("from an earlier run", "由先前一次运行得出"),
    "expectation": Words("expected, never run before", "预期，此前未运行过"),
    "publication": Words("published", "已发表"),
}
_INSTEAD = Words("What is true instead: ", "正确的说法：")
_NOT_FOUND = Words("Expected instead, and not found: ", "预期如此，但未得到：")
_FIGURES = Words("Figures", "数值")
_NAME = Words("figure", "量")
_MEASURED = Words("measured", "测得")
_EXPECTED = Words("expected", "预期")
_RULE = Words("Rule: ", "规则：")
_TRUE_IN = Words("(of the seeds taken one by one in {} of {})", "（逐个种子看，{} / {} 成立）")
_SEEDS = Words("mean of {} seeds, {} to {}", "{} 个种子的均值，{} 至 {}")


def write_page(results: Mapping[str, Mapping[str, Any]], folder: Path, out: Path) -> None:
    """Write the page of results whose arrays are under ``folder``; it needs nothing but itself."""
    text = page(results, folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, lambda temporary: temporary.write_text(text, "utf-8"))


def page(results: Mapping[str, Mapping[str, Any]], folder: Path) -> Html:
    """Return the page of these results, whose arrays are under ``folder``."""
    chapters = [
        (chapter, [LEDGER[id] for id in results if LEDGER[id].chapter == chapter])
        for chapter in CHAPTERS
    ]
    there = [(chapter, claims) for chapter, claims in chapters if claims]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{_TITLE.en} · {_TITLE.zh} · Kullback"),
        element("style", Html(STYLE.read_text("utf-8") + _STYLE.read_text("utf-8"))),
    )
    body = element(
        "body",
        _switch(),
        element(
            "header",
            element("h1", both(_TITLE)),
            element("p", both(_LEDE), class_="lede"),
            _contents(there, results),
        ),
        element("main", *(_chapter(c, claims, results, folder) for c, claims in there)),
        class_="few",
    )
    return together(Html("<!doctype html>\n"), element("html", head, body, lang="en"))


def both(words: Words) -> Html:
    """Return a sentence in both languages, of which the page shows one."""
    return together(element("span", words.en, lang="en"), element("span", words.zh, lang="zh"))


def _switch() -> Html:
    """Two buttons of which one is down; the style sheet does the rest."""
    return element(
        "nav",
        Html('<input type="radio" name="language" id="english" checked>'),
        element("label", "English", for_="english"),
        Html('<input type="radio" name="language" id="chinese">'),
        element("label", "中文", for_="chinese"),
        class_="switch",
    )


def _contents(
    chapters: Sequence[tuple[Chapter, Sequence[Claim]]], results: Mapping[str, Mapping[str, Any]]
) -> Html:
    """Every claim's id with the colour of its verdict, by chapter."""
    rows = []
    for chapter, claims in chapters:
        links = [
            element(
                "a",
                claim.id,
                href=f"#{claim.id}",
                class_=f"chip {claim.verdict(results[claim.id]['measured'])}",
            )
            for claim in claims
        ]
        rows.append(element("p", element("strong", both(_CHAPTERS[chapter])), " ", *links))
    return element("div", *rows, class_="contents")


def _chapter(
    chapter: Chapter,
    claims: Sequence[Claim],
    results: Mapping[str, Mapping[str, Any]],
    folder: Path,
) -> Html:
    cards = [_card(claim, results[claim.id], folder) for claim in claims]
    return element("section", element("h2", both(_CHAPTERS[chapter])), *cards)


def _card(claim: Claim, result: Mapping[str, Any], folder: Path) -> Html:
    measured = result["measured"]
    verdict = claim.verdict(measured)
    shown = [
        element("figure", _drawn(panel), element("figcaption", both(panel.says)))
        for panel in drawn_from(claim, folder)
    ]
    correction = []
    if claim.correction is not None:
        found = claim.correction(measured)
        correction = [_statement(claim.correction, result, _INSTEAD if found else _NOT_FOUND)]
    return element(
        "article",
        element(
            "h3",
            element("span", both(_VERDICTS[verdict]), class_=f"chip {verdict}"),
            element("span", claim.id, class_="id"),
            both(claim.says),
        ),
        element("pre", element("code", both(Words(claim.formula, chinese.formula(claim))))),
        element("ul", *(_statement(each, result) for each in claim.statements), *correction),
        element("div", *shown, class_="panels"),
        element("details", element("summary", both(_FIGURES)), _table(claim, result), _rule(claim)),
        element("p", both(Words(claim.reference, chinese.reference(claim))), class_="small"),
        class_="card claim",
        id=claim.id,
    )


def _drawn(panel: Panel) -> Html:
    """A drawing, twice where it has words."""
    labelled = chinese.drawn(panel.svg)
    if labelled == panel.svg:
        return drawing(panel.svg, f"{panel.says.en} {panel.says.zh}")
    return together(
        element("span", drawing(panel.svg, panel.says.en), lang="en"),
        element("span", drawing(labelled, panel.says.zh), lang="zh"),
    )


def _statement(
    statement: Statement, result: Mapping[str, Any], before: Words | None = None
) -> Html:
    true = statement(result["measured"])
    opening = [] if before is None else [element("strong", both(before))]
    each = by_seed(statement, result["seeds"])
    otherwise = []
    if disagree(true, each):
        words = Words(*(t.format(sum(each), len(each)) for t in (_TRUE_IN.en, _TRUE_IN.zh)))
        otherwise = [" ", element("span", both(words), class_="small")]
    return element(
        "li",
        element("span", "✓ " if true else "✗ ", class_="true" if true else "false"),
        *opening,
        both(statement.says),
        *otherwise,
    )


def _table(claim: Claim, result: Mapping[str, Any]) -> Html:
    heads = [element("th", both(words)) for words in (_NAME, _MEASURED, _EXPECTED)]
    rows = []
    for name, value in result["measured"].items():
        each = result["seeds"].get(name, [])
        spread = []
        if len({*each}) > 1:
            low, high = number(min(each)), number(max(each))
            words = Words(*(text.format(len(each), low, high) for text in (_SEEDS.en, _SEEDS.zh)))
            spread = [element("span", both(words), class_="small")]
        rows.append(
            element(
                "tr",
                element("th", both(Words(name.replace("_", " "), chinese.name(name)))),
                element("td", number(value), *spread),
                element("td", _expected(name, result["expected"].get(name))),
            )
        )
    source = element("p", both(_EXPECTED), ": ", both(_SOURCES[claim.source]), class_="small")
    table = element(
        "table", element("thead", element("tr", *heads)), element("tbody", *rows), class_="figures"
    )
    return together(element("div", table, class_="scroll"), source)


def _expected(name: str, value: float | str | None) -> str:
    """A number, or the bounds of one, whose name stands on its left already."""
    if isinstance(value, str):
        return value.replace(name, "…").removeprefix("… ")
    return "" if value is None else number(value)


def _rule(claim: Claim) -> Html:
    words = Words(claim.rule.replace("_", " "), chinese.rule(claim))
    return element("p", both(_RULE), both(words), class_="small")
