"""The local outbox: what each creditor wrote, to be read and its links followed.

Messages here hold personal data of invented people; the page exists outside production only.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Response, abort, make_response, request
from markupsafe import Markup, escape

from app.config import settings
from app.workbench import wording
from app.workbench.blueprint import workbench
from app.workbench.unsent import Unsent, unsent_of
from tenants import resolve
from tenants.actions import SLUG

PER_PAGE = 50
BRASILIA = ZoneInfo("America/Sao_Paulo")
FRAME = "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src *"
"""A mail brings its styles along and may load the brand's images; it runs nothing."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A file of the outbox."""

    slug: str
    id: str
    is_email: bool
    at: datetime
    sender: str
    recipient: str
    subject: str
    text: str


@workbench.get("/outbox")
@workbench.get("/outbox/<slug>")
def outbox(slug: str | None = None) -> str:
    """The newest messages of one creditor, or of all."""
    page = max(request.args.get("page", 1, type=int), 1)
    wanted = request.args.get("to", "").strip().lower()
    files = _files(slug)
    shown = files[(page - 1) * PER_PAGE : page * PER_PAGE]
    letters = [_letter(path) for path in (files if wanted else shown)]
    if wanted:
        letters = [letter for letter in letters if wanted in letter.recipient.lower()][:PER_PAGE]
    return wording.page(
        "workbench/outbox.html",
        letters=letters,
        unsent=_unsent(slug) if slug and page == 1 and not wanted else [],
        slug=slug,
        slugs=sorted(path.name for path in _root().glob("*") if path.is_dir()),
        page=page,
        has_more=len(files) > page * PER_PAGE and not wanted,
        total=len(files),
        wanted=wanted,
    )


@workbench.get("/outbox/<slug>/<uuid:message_id>")
def letter(slug: str, message_id: uuid.UUID) -> str:
    """One message: headers, words with their links, and an e-mail's own HTML in a frame."""
    path = _path(slug, message_id)
    mail = _mail(path) if path.suffix == ".eml" else None
    return wording.page(
        "workbench/letter.html",
        letter=_letter(path),
        headers=list(mail.items()) if mail else [],
        body=_with_links(_letter(path).text),
    )


@workbench.get("/outbox/<slug>/<uuid:message_id>.html")
def letter_html(slug: str, message_id: uuid.UUID) -> Response:
    """An e-mail's HTML as a mail program would show it."""
    path = _path(slug, message_id)
    part = _mail(path).get_body(("html",)) if path.suffix == ".eml" else None
    if part is None:
        abort(404)
    response = make_response(_opening_on_top(part.get_content()))
    response.headers["Content-Security-Policy"] = FRAME
    return response


@workbench.get("/outbox/<slug>/<uuid:message_id>.eml")
def letter_file(slug: str, message_id: uuid.UUID) -> Response:
    """The file itself, for any mail program."""
    path = _path(slug, message_id)
    response = Response(path.read_bytes(), mimetype="message/rfc822")
    response.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response


def _unsent(slug: str) -> list[Unsent]:
    try:
        return unsent_of(resolve.by_slug(slug), wording.current())
    except LookupError:
        abort(404)


def _root() -> Path:
    return settings().var_dir / "outbox"


def _folder(slug: str) -> Path:
    if not re.fullmatch(SLUG, slug):
        abort(404)
    return _root() / slug


def _files(slug: str | None) -> list[Path]:
    folders = [_folder(slug)] if slug else list(_root().glob("*"))
    found = [path for folder in folders for path in folder.glob("*.*")]
    kept = [path for path in found if path.suffix in (".eml", ".txt")]
    return sorted(kept, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _path(slug: str, message_id: uuid.UUID) -> Path:
    path = _folder(slug) / f"{message_id}.eml"
    if not path.exists():
        path = path.with_suffix(".txt")
    if not path.exists():
        abort(404)
    return path


def _mail(path: Path) -> EmailMessage:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def _letter(path: Path) -> Letter:
    at = datetime.fromtimestamp(path.stat().st_mtime, BRASILIA)
    if path.suffix == ".eml":
        mail = _mail(path)
        part = mail.get_body(("plain",))
        text = part.get_content() if part else ""
        sender, recipient, subject = (str(mail[name]) for name in ("From", "To", "Subject"))
        return Letter(path.parent.name, path.stem, True, at, sender, recipient, subject, text)
    head, _, text = path.read_text("utf-8").partition("\n\n")
    lines = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    sender, recipient = lines.get("From", ""), lines.get("To", "")
    return Letter(path.parent.name, path.stem, False, at, sender, recipient, "", text.strip())


def _with_links(text: str) -> Markup:
    """Plain text with its addresses made into links."""
    words = []
    for word in text.split(" "):
        start, found, rest = word.partition("http")
        lines = rest.split("\n", 1)
        if not found:
            words.append(escape(word))
            continue
        address = f"http{lines[0].rstrip()}"
        after = f"\n{lines[1]}" if len(lines) > 1 else ""
        link = Markup('<a href="{0}">{0}</a>').format(address)
        words.append(escape(start) + link + escape(after))
    return Markup(" ").join(words)


def _opening_on_top(html: str) -> str:
    """Links of a framed mail open in the whole window."""
    return html.replace("<head>", '<head><base target="_top">', 1)
