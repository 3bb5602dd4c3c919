"""`/unsubscribe/MARK`: stops e-mail to the address that got the link, without a login (RFC 8058).

A mail program posts `List-Unsubscribe=One-Click` at once; a person sees a page with one button that
does the same. Looking at it changes nothing, because mail scanners open every link. The mark shows
that the link came from a message of ours, and to whom it went.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from arrears.actions.mail import marks_of_this_database
from arrears.actions.opt_outs import stop_by_message
from arrears.channels.smtp.marked import ONE_CLICK, STOP
from arrears.locale.notices import FALLBACK
from arrears.locale.unsubscribing import Unsubscribing, load_unsubscribing
from arrears.store import clock
from arrears.store.models import Message

ACTOR = "program:unsubscribe"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address of the page is the right to stop
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, mark: str) -> HttpResponse:
    """Ask on GET, stop on POST; the same again changes nothing."""
    attempt = marks_of_this_database().attempt_of(STOP, mark)
    if attempt is None:
        words = load_unsubscribing(FALLBACK)
        return _page(words, FALLBACK, _paragraph(words.unknown), HTTPStatus.NOT_FOUND)
    language = _language(attempt)
    words = load_unsubscribing(language)
    if request.method != "POST":
        return _page(words, language, _question(words))
    name, _, wanted = ONE_CLICK.partition("=")
    if request.POST.get(name) != wanted:
        return _page(words, language, _question(words), HTTPStatus.BAD_REQUEST)
    stop_by_message(attempt=attempt, told_by="unsubscribe", actor=ACTOR, at=clock.now())
    return _page(words, language, _paragraph(words.done) + _paragraph(words.unchanged))


def _language(attempt: int) -> str:
    """That of the message which had the link."""
    return Message.objects.filter(attempt=attempt).values_list("language", flat=True).first() or FALLBACK


def _question(words: Unsubscribing) -> SafeString:
    name, _, wanted = ONE_CLICK.partition("=")
    form = format_html(
        '<form method="post"><input type="hidden" name="{}" value="{}"><button>{}</button></form>',
        name,
        wanted,
        words.button,
    )
    return _paragraph(words.question) + form + _paragraph(words.unchanged)


def _paragraph(text: str) -> SafeString:
    return format_html("<p>{}</p>", text)


def _page(
    words: Unsubscribing, language: str, content: SafeString, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    page = format_html(
        '<!DOCTYPE html><html lang="{}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>{}</title></head>'
        "<body><main><h1>{}</h1>{}</main></body></html>",
        language,
        words.title,
        words.title,
        content,
    )
    return HttpResponse(page, status=status, headers=_HEADERS)
