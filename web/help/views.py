"""Help: the keys, what the words mean, and where each article is carried out."""

from flask import Blueprint, render_template

from engine.services import article_trace
from web.current import runtime

help_pages = Blueprint("help", __name__, template_folder="templates")

KEYS = ("j", "k", "enter", "c", "slash", "question", "escape")
PRINCIPLES = ("claim", "clock", "separation", "need_to_know", "record", "draft", "version")


@help_pages.get("/help")
def page() -> str:
    return render_template("help/page.html", keys=KEYS, principles=PRINCIPLES)


@help_pages.get("/help/trace")
def trace() -> str:
    return render_template("help/trace.html", found=article_trace.trace(runtime()))
