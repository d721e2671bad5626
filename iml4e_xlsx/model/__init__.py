"""
Defines the domain types, all immutable: scheme, response, result.

From here every room takes them; this room knows findings and texts alone.
"""

from iml4e_xlsx.model.assessment_scheme import (
    DONT_KNOW,
    NEVER,
    NOT_APPLICABLE,
    Area,
    Citation,
    Guidance,
    Level,
    Locus,
    Measures,
    ProfileArea,
    Publication,
    Rating,
    RatingValue,
    ReferenceProfile,
    Scheme,
    Statement,
    Thresholds,
    is_open,
)
from iml4e_xlsx.model.respondent_profile import (
    OPTIONAL_FIELDS,
    PERSONAL_FIELDS,
    PROFILE_FIELDS,
    PROFILE_LIMIT,
    PROFILE_NAMES,
    ROSTER_FIELDS,
    Profile,
    ProfileField,
)
from iml4e_xlsx.model.response import (
    Answer,
    Reading,
    Response,
)
from iml4e_xlsx.model.result import (
    AreaResult,
    Assessment,
    LevelIndex,
    LevelResult,
    OverallResult,
    Result,
    TargetWay,
)
from iml4e_xlsx.model.round_notice import RoundNotice

__all__ = [
    "DONT_KNOW",
    "NEVER",
    "NOT_APPLICABLE",
    "OPTIONAL_FIELDS",
    "PERSONAL_FIELDS",
    "PROFILE_FIELDS",
    "PROFILE_LIMIT",
    "PROFILE_NAMES",
    "ROSTER_FIELDS",
    "Answer",
    "Area",
    "AreaResult",
    "Assessment",
    "Citation",
    "Guidance",
    "Level",
    "LevelIndex",
    "LevelResult",
    "Locus",
    "Measures",
    "OverallResult",
    "Profile",
    "ProfileArea",
    "ProfileField",
    "Publication",
    "Rating",
    "RatingValue",
    "Reading",
    "ReferenceProfile",
    "Response",
    "Result",
    "RoundNotice",
    "Scheme",
    "Statement",
    "TargetWay",
    "Thresholds",
    "is_open",
]
