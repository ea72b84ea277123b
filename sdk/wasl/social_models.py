"""What the hub answers about social media: the generated rows, with typed JSON columns."""

from typing import Any

from pydantic import SkipValidation

from wasl import rows
from wasl._row import Row
from wasl.payment_models import Failure
from wasl.social_params import LinkParams, MediaParams


class SocialAccount(rows.SocialMediaAccounts):
    """A page or profile that a connection reaches; posts may go to it while it is `enabled`."""


class PostProblem(Row):
    """Why a network would not take a post as it is.

    Attributes:
        field: such as ``text`` or ``media.0``.
        code: such as ``text_too_long``.
    """

    field: str
    code: str
    message: str


class Post(rows.SocialPosts):
    """One post on one account; those that were made together share `group_id`.

    Attributes:
        engagement: how it does as last counted; what the network does not tell is missing.
        problems: what is wrong with a scheduled post, told long before its time.
    """

    media: SkipValidation[list[MediaParams]]
    link: SkipValidation[LinkParams | None]
    engagement: dict[str, Any]
    problems: list[PostProblem]
    failure: Failure | None


class PostEngagement(rows.SocialEngagement):
    """How a post did at one moment. None is what the network does not tell, never 0."""


class AccountFigures(rows.SocialAccountMetrics):
    """How an account did on one day. None is what the network does not tell, never 0."""


class Comment(rows.SocialComments):
    """What somebody said to a post, or the account itself (`is_ours`)."""

    failure: Failure | None
