"""The taxonomy as data: groups, themes, tie-breaks. Ids are never written elsewhere in code."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(_Row):
    """A kind of TTĐN content as the law names it; always derived from the theme."""

    id: str
    name_vi: str
    name_en: str


class Exclusion(_Row):
    """What a theme leaves out, and the theme it belongs to instead (null: outside)."""

    what: str
    theme: str | None


class Neighbour(_Row):
    """A theme easily confused with this one, and the question that decides."""

    theme: str
    question_vi: str
    rule_vi: str


class Theme(_Row):
    """One leaf of the taxonomy."""

    id: str
    number: int
    group: str
    name_vi: str
    name_en: str
    definition_vi: str
    definition_en: str
    legal_basis: str
    included_vi: list[str]
    excluded_vi: list[Exclusion]
    neighbours: list[Neighbour]
    supersedes: list[str] = []
    """Themes never given beside this one: what they would add is already said by it."""
    key_terms: list[str]

    def question_against(self, other: str) -> Neighbour | None:
        """The tie-break with theme ``other``, if the taxonomy has one."""
        return next((n for n in self.neighbours if n.theme == other), None)


class Tone(_Row):
    """A tone label in words."""

    name_vi: str
    definition_vi: str


class Taxonomy(_Row):
    """The whole file, in its order; the order of ``themes`` is the order of model outputs."""

    version: str
    law: list[Any]
    groups: list[Group]
    themes: Annotated[list[Theme], Field(min_length=1)]
    tones: dict[str, Tone]
    outside_test: Any
    general_rules: Any

    @property
    def ids(self) -> list[str]:
        """Theme ids in model order."""
        return [t.id for t in self.themes]

    def theme(self, theme_id: str) -> Theme:
        """The theme with this id; ``KeyError`` when there is none."""
        for theme in self.themes:
            if theme.id == theme_id:
                return theme
        raise KeyError(theme_id)

    def groups_of(self, theme_ids: list[str]) -> list[str]:
        """Distinct groups of the themes, in their order."""
        return list(dict.fromkeys(self.theme(t).group for t in theme_ids))


WITHOUT_TARGET = "world_affairs"
"""A document whose only theme is this one portrays neither Vietnam nor a locality."""

REBUTTAL = "disinformation_rebuttal"
"""The theme of a document that answers a false claim."""


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy shipped with this package."""
    text = (files("data") / "taxonomy.yaml").read_text(encoding="utf-8")
    return Taxonomy.model_validate(yaml.safe_load(text))


def target_present(theme_ids: list[str]) -> bool:
    """False only when the single theme is world affairs (``design.md`` section 3)."""
    return theme_ids != [WITHOUT_TARGET]
