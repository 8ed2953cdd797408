"""Who asks, and of which runtime: the one place that reads Flask's globals for the screens."""

from typing import cast

from flask import current_app, g

from engine.domain.actor import Actor
from engine.services.runtime import Runtime

EXTENSION = "rongcuo"


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions[EXTENSION])


def actor() -> Actor:
    """The person who is logged in; every screen but the log-in has one."""
    return cast(Actor, g.actor)


def actor_or_none() -> Actor | None:
    """None on the log-in page, and on an error page before anybody was recognised."""
    return cast(Actor | None, g.get("actor"))
