"""Help: the keys and what the words mean."""

from flask import Blueprint, render_template

help_pages = Blueprint("help", __name__, template_folder="templates")

KEYS = ("j", "k", "enter", "c", "slash", "question", "escape")
PRINCIPLES = ("claim", "clock", "separation", "need_to_know", "record", "draft", "version")


@help_pages.get("/help")
def page() -> str:
    return render_template("help/page.html", keys=KEYS, principles=PRINCIPLES)
