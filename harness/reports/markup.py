"""Small pieces of HTML, and the page around them.

Text from a client or a server is data: it is neutralized and escaped, and a page
forbids scripts, frames and every fetch by its own policy (Content Security Policy Level
3, section 3.3: a ``meta`` element may carry the policy).
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final
from urllib.parse import quote

from midstream.harness.plain_text import neutral

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"


def page(title: str, style: str, body: Iterable[str]) -> bytes:
    """Return a page in UTF-8 that loads nothing and runs nothing; *body* is markup."""
    head = (
        '<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{safe(POLICY)}">'
        f"<title>{safe(title)}</title><style>{style}</style>"
    )
    whole = tag("body", "\n".join(body))
    text = f'<!doctype html>\n<html lang="en"><head>{head}</head>\n{whole}</html>\n'
    return text.encode()


def safe(said: object) -> str:
    """Return *said* as escaped HTML text, also safe in a quoted attribute."""
    return escape(neutral(str(said)))


def safe_lines(said: str) -> str:
    """Return several lines as escaped HTML text, for a tooltip."""
    return "\n".join(map(safe, said.split("\n")))


def tag(name: str, body: str, css: str = "", title: str = "") -> str:
    """Return an element around the markup *body*; *css* is its class."""
    classes = f' class="{safe(css)}"' if css else ""
    hint = f' title="{safe(title)}"' if title else ""
    return f"<{name}{classes}{hint}>{body}</{name}>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], css: str = "") -> str:
    """Return a table that scrolls if it is too wide; the cells are markup."""
    head = "".join(tag("th", cell) for cell in header)
    body = "".join(tag("tr", "".join(tag("td", cell) for cell in row)) for row in rows)
    whole = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return tag("div", whole, f"scroll {css}".strip())


def fold(summary: str, body: str) -> str:
    """Return *body*, collapsed behind *summary*; both are markup."""
    return f"<details><summary>{summary}</summary>{body}</details>"


def link(path: str) -> str:
    """Return a link to a file; it never names a scheme or a host."""
    file = "/" + path.lstrip("/") if path.startswith("/") else path
    return f'<a href="{safe(quote(file))}">{safe(path)}</a>'
