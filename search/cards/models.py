"""The tables of the store. Rows of another `store` than the live one belong to a rebuild or wait to be dropped."""

from __future__ import annotations

from django.db import models


class Card(models.Model):
    """A record that anybody may read, or the version at which it was removed.

    The numbers that lists are ordered by are never NULL: databases do not agree where NULL stands.
    """

    store = models.CharField(max_length=40)
    key = models.CharField(max_length=200)  # document id: the translation key
    type = models.CharField(max_length=20)
    version = models.BigIntegerField()
    digest = models.CharField(max_length=32, blank=True)
    deleted = models.BooleanField(default=False)
    source_id = models.BigIntegerField(default=0)  # the page that stands for the record in lists; 0: not listed
    newest = models.IntegerField(default=0)  # ascending: the newest first day first, unknown days last
    oldest = models.IntegerField(default=0)
    updated = models.BigIntegerField(default=0)  # microseconds since 1970, of the last publication in any language
    exchange = models.CharField(max_length=36, blank=True)
    edition = models.PositiveSmallIntegerField(null=True)
    about = models.TextField(blank=True)  # what `CardTopic` says, with spaces between

    class Meta:
        verbose_name = "card"
        verbose_name_plural = "cards"
        constraints = [models.UniqueConstraint(fields=["store", "key"], name="huunghi_card_once")]
        indexes = [
            models.Index(fields=["store", "type", "newest", "-source_id"], name="huunghi_card_newest"),
            models.Index(fields=["store", "type", "oldest", "source_id"], name="huunghi_card_oldest"),
            models.Index(fields=["store", "type", "updated", "source_id"], name="huunghi_card_updated"),
            models.Index(
                fields=["store", "exchange", "oldest"], name="huunghi_card_series", condition=~models.Q(exchange="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


class CardTopic(models.Model):
    """What an event has in common with others, "partner:7" or "kind:2", with what orders them, as in `Card`."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="topics")
    store = models.CharField(max_length=40)
    topic = models.CharField(max_length=40)
    oldest = models.IntegerField()
    source_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "topic of a card"
        verbose_name_plural = "topics of cards"
        indexes = [models.Index(fields=["store", "topic", "oldest", "source_id"], name="huunghi_card_topics")]

    def __str__(self) -> str:
        return f"{self.card_id} {self.topic}"


class CardText(models.Model):
    """What is said of a record in one language. JSON in which addresses have a mark in place of the site's own."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12)
    page_id = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    served = models.BinaryField()  # the fields of `Served`, for a reader who asked for this language
    link = models.BinaryField()  # title and address, for lists of links
    found = models.BinaryField()  # the facts of a search hit
    short = models.BinaryField(null=True)  # the rest of a card
    rest = models.BinaryField(null=True)  # what a whole record says beyond its card; NULL: it depends on other pages

    class Meta:
        verbose_name = "text of a card"
        verbose_name_plural = "texts of cards"
        constraints = [models.UniqueConstraint(fields=["card", "language"], name="huunghi_card_text_once")]
        indexes = [
            models.Index(
                fields=["expires_at"], name="huunghi_card_expiry", condition=models.Q(expires_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.language}"
