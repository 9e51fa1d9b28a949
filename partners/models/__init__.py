from ..access import Visibility
from .access_keys import CalendarAddress, PartnerKey, PortalReader, RecoveryCode, SecondFactor
from .attempts import Attempts
from .documents import DocumentRelation, OfficialDocument
from .links import ShareLink, ShareOpening
from .organisations import Organisation, OrganisationName, Person
from .pages import ArchivePage, IndexPage, PartnerIndexPage, PartnerPage, PartnerPhoto
from .partners import Agreement, Partner, Partnership, PartnershipStatus
from .places import Place, PlaceName
from .rows import TranslatedRow
from .shares import LockedSection, Share, WithheldRow
from .units import EditorialUnit
from .vocabularies import Audience, CooperationField

__all__ = [
    "Agreement",
    "ArchivePage",
    "Attempts",
    "Audience",
    "CalendarAddress",
    "CooperationField",
    "DocumentRelation",
    "EditorialUnit",
    "IndexPage",
    "LockedSection",
    "OfficialDocument",
    "Organisation",
    "OrganisationName",
    "Partner",
    "PartnerIndexPage",
    "PartnerKey",
    "PartnerPage",
    "PartnerPhoto",
    "Partnership",
    "PartnershipStatus",
    "Person",
    "Place",
    "PlaceName",
    "PortalReader",
    "RecoveryCode",
    "SecondFactor",
    "Share",
    "ShareLink",
    "ShareOpening",
    "TranslatedRow",
    "Visibility",
    "WithheldRow",
]
