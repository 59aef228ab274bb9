"""Templates compiled once for each language, with the words written into them.

A page says some forty things that are the same for whoever reads it in that language. Looking
each of them up on every request costs more than the rest of the template; so a template is
compiled per language, and `_("…")` without values becomes the translated text itself, which the
compiler joins with the markup around it.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app
from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

from app.portal import language
from themes.translations import LOCALES, catalogue

NAME = "portal.tongues"


class _Words(NodeTransformer):
    """Replaces `_("…")` by its translation."""

    def __init__(self, locale: str) -> None:
        self._gettext = catalogue(locale, language.DOMAIN).gettext

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        if _is_constant(node):
            (message,) = node.args
            assert isinstance(message, nodes.Const)
            return nodes.TemplateData(self._gettext(message.value), lineno=node.lineno)
        return self.generic_visit(node)


def _is_constant(node: nodes.Call) -> bool:
    return (
        isinstance(node.node, nodes.Name)
        and node.node.name == "_"
        and [type(argument) for argument in node.args] == [nodes.Const]
        and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    )


def _generator(locale: str) -> type[CodeGenerator]:
    class InLanguage(CodeGenerator):
        def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
            super().visit_Template(_Words(locale).visit(node), frame)

    return InLanguage


def prepare(app: Flask) -> None:
    """Give the app's templates one environment per language; loader, filters and globals stay."""
    app.extensions[NAME] = {locale: _speaking(app.jinja_env, locale) for locale in LOCALES}


def _speaking(environment: Environment, locale: str) -> Environment:
    sister = environment.overlay()
    sister.code_generator_class = _generator(locale)
    return sister


def environments(app: Flask) -> dict[str, Environment]:
    """The environment of each language."""
    speaking: dict[str, Environment] = app.extensions[NAME]
    return speaking


def render(template: str, context: Mapping[str, Any]) -> str:
    """A template in the reader's language."""
    speaking = environments(current_app)[language.current()]
    return speaking.get_template(template).render(context)
