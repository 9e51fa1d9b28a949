from .articles import ArticleAppearance, ArticleDocument, ArticleIndexPage, ArticlePage, ArticlePhoto
from .channels import Channel, Edition, Publication
from .confirmations import Confirmation, ConfirmationField, ConfirmationState
from .event_rows import (
    AgendaItem,
    EventAppearance,
    EventDocument,
    EventOrganiser,
    EventPartnerSide,
    EventPhoto,
    Figure,
    Outcome,
    StatusChange,
    Venue,
)
from .events import EventIndexPage, EventPage, EventStatus, Precision
from .exchanges import ExchangeIndexPage, ExchangeOrganiser, ExchangePage, ExchangePartnerSide, ExchangePhoto
from .home import ChannelIndexPage, HomePage, PublicationIndexPage
from .plans import PlanIndexPage, PlanItem, PlanPage, ReportFigure, ReportIndexPage, ReportPage
from .vocabularies import EventKind, MeasureUnit

__all__ = [
    "AgendaItem",
    "ArticleAppearance",
    "ArticleDocument",
    "ArticleIndexPage",
    "ArticlePage",
    "ArticlePhoto",
    "Channel",
    "ChannelIndexPage",
    "Confirmation",
    "ConfirmationField",
    "ConfirmationState",
    "Edition",
    "EventAppearance",
    "EventDocument",
    "EventIndexPage",
    "EventKind",
    "EventOrganiser",
    "EventPage",
    "EventPartnerSide",
    "EventPhoto",
    "EventStatus",
    "ExchangeIndexPage",
    "ExchangeOrganiser",
    "ExchangePage",
    "ExchangePartnerSide",
    "ExchangePhoto",
    "Figure",
    "HomePage",
    "MeasureUnit",
    "Outcome",
    "PlanIndexPage",
    "PlanItem",
    "PlanPage",
    "Precision",
    "Publication",
    "PublicationIndexPage",
    "ReportFigure",
    "ReportIndexPage",
    "ReportPage",
    "StatusChange",
    "Venue",
]
