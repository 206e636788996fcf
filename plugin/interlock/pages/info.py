"""``env info --html``: a project at a glance, read without any script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.pages.agreement import chart, comparable, verdict
from interlock.pages.builds import builds
from interlock.pages.contents import packages, shares, sizes, sources, total
from interlock.pages.document import page, size_text, text
from interlock.pages.tables import table, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.project.overview import Locked, Overview


def info_page(found: Overview) -> str:
    """The page of a project, with the environment that was asked for in detail."""
    title = f"{found.info.name}: environment {found.environment}"
    return page(title, "\n".join((*_head(found), "<main>", *_body(found), "</main>")), style="info.css")


def _head(found: Overview) -> Iterator[str]:
    info = found.info
    state = next((each for each in info.environments if each.name == found.environment), None)
    installed = "installed" if state is not None and state.installed else "not installed"
    facts = f"environment {found.environment} on {info.platform} · {installed} · lock {info.lock.state}"
    yield f"<header>\n<h1>{text(info.name)}</h1>\n<p>{text(facts)}<br>{text(info.manifest)}</p>"
    own = {finding for section in info.sections for finding in section.findings or ()}
    yield from (told(finding) for finding in found.findings if finding not in own)
    if found.chosen is not None:
        figures = "".join(
            f"<div{kind}><dt>{text(label)}</dt><dd>{text(value)}</dd></div>" for label, value, kind in _figures(found)
        )
        yield f'<dl class="figures">{figures}</dl>\n{shares(found.chosen.parts)}'
    yield "</header>"


def _figures(found: Overview) -> Iterator[tuple[str, str, str]]:
    """What one looks for first: a label, the number, and whether it is good news (as an attribute)."""
    if found.chosen is None:
        return
    parts = found.chosen.parts
    conda = sum(part.kind == "conda" for part in parts)
    yield "Python", found.chosen.python, ""
    yield "from conda", str(conda), ""
    yield "from PyPI", str(len(parts) - conda), ""
    yield "built from source", str(len(found.builds)), ""
    if size := size_text(total(parts)):
        yield "to download", size, ""
    for section in filter(comparable, found.info.sections):
        found_out = verdict(section)
        yield f"{section.name.upper()}, {found_out.note}", found_out.value, f' class="{found_out.kind}"'


def _body(found: Overview) -> Iterator[str]:
    yield '<div class="pair">'
    for section in filter(comparable, found.info.sections):
        yield f"<section>\n<h2>{text(section.name.upper())} versions</h2>\n{chart(section)}\n</section>"
    if found.builds:
        yield f"<section>\n{builds(found.builds, _prefix(found))}\n</section>"
    yield "</div>"
    if found.chosen is not None:
        yield from (sizes(found.chosen), packages(found.chosen), sources(found.chosen))
    yield _environments(found)
    yield _machine(found)


def _prefix(found: Overview) -> str:
    return next((each.prefix for each in found.info.environments if each.name == found.environment), "")


def _environments(found: Overview) -> str:
    locked = [_environment(each, found) for each in found.locked]
    have = {(each.environment, each.platform) for each in found.locked}
    missing = [
        (text(each.name), text(platform), *("",) * 5, "not locked")
        for each in found.info.environments
        for platform in each.platforms
        if (each.name, platform) not in have
    ]
    head = ("Environment", "Platform", "Python", "#conda", "#PyPI", "#Built", "#Size", "State")
    return f"<h2>Environments of the project</h2>\n{table(head, [*locked, *missing])}"


def _environment(locked: Locked, found: Overview) -> tuple[str, ...]:
    known = next((each for each in found.info.environments if each.name == locked.environment), None)
    if known is None:
        state = "not in the manifest"
    elif locked.platform != found.info.platform:
        state = ""
    else:
        state = f"installed in {known.prefix}" if known.installed else "not installed"
    group = f"solve group {known.solve_group}" if known and known.solve_group else ""
    numbers = [sum(part.kind == kind for part in locked.parts) for kind in ("conda", "pypi", "built")]
    return (
        text(locked.environment),
        text(locked.platform),
        text(locked.python),
        *map(str, numbers),
        size_text(total(locked.parts)),
        text("; ".join(filter(None, (state, group)))),
    )


def _machine(found: Overview) -> str:
    info = found.info
    facts = [
        *((package.name, f"{package.version or 'none'} ({package.origin})") for package in info.virtual_packages),
        *(row for section in info.sections for row in section.rows),
        *(("not read", f"{path}: another manifest lies beside it") for path in info.unread),
        ("plugins", ", ".join(info.plugins) or "none enabled"),
        ("cache", info.cache),
        ("versions", ", ".join(f"{name} {version}" for name, version in info.versions.items())),
    ]
    items = "".join(f"<dt>{text(label)}</dt><dd>{text(value)}</dd>" for label, value in facts)
    return f"<h2>This machine</h2>\n<dl>{items}</dl>"
