"""The glossary that ships with the product."""

from __future__ import annotations

from huunghi.partners.vocabularies import read_csv

from .models import Concept, ConceptTerm

LANGUAGES = ("vi", "km", "en")


def load_glossary() -> int:
    """Add the concepts that are not there yet; returns how many."""
    known = set(Concept.objects.values_list("code", flat=True))
    new = [row for row in read_csv("huunghi.search", "glossary.csv") if row["code"] not in known]
    concepts = Concept.objects.bulk_create(
        Concept(code=row["code"], kind=row["kind"], note=row["note"], uncertain="uncertain" in row["note"])
        for row in new
    )
    ConceptTerm.objects.bulk_create(
        ConceptTerm(concept=concept, language=language, text=text, preferred=position == 0, sort_order=position)
        for concept, row in zip(concepts, new, strict=True)
        for language in LANGUAGES
        for position, text in enumerate(filter(None, [row[language], *row[f"aliases_{language}"].split("|")]))
    )
    return len(concepts)
