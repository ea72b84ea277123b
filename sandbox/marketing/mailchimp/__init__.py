"""Mailchimp's twin.

Written from the specification of the Marketing API 3.0 and Mailchimp's guides. Each login is an account of its own with
two audiences (``a1b2c3d4e5`` *Customers*, ``f6a7b8c9d0`` *Newsletter*), a campaign that was sent and a draft. Tokens
come by the consent page; one that begins with ``sandbox_`` is taken as pasted, with ``-us21`` at its end or without;
what has ``invalid`` in it is refused, and so are addresses that end in ``.invalid``.

Where the documents are silent the twin has a mind of its own: an omitted status leaves a member's as it is, in a call
of many as well; a member that was archived counts as new; a list without a status has no archived ones; a finished job
has no archive; the address of a webhook is not looked at first.

Controls, with the account's own credentials::

    POST /_test/members/{list}/{unsubscribe,archive,clean,resubscribe}   {email, reason?}   what people and admins do
    POST /_test/members/{list}/rename   {email, new_email}
    POST /_test/members/{list}/import   {count, prefix?, status?}   many at once
    POST /_test/merge-fields/{list}     {tag, name, type, options?}
    POST /_test/campaigns               {list, title, subject, status, opens, clicks, …}    made, or sent when ``sent``
    POST /_test/jobs                    {looks, failing}   how often a job is looked at in vain; whether operations fail
    POST /_test/signing                 {enabled}          whether new webhooks are signed
    POST /_test/busy                    {calls}            how many calls others have under way (ten are too many)
    POST /_test/revoke                  {}                 takes every token of the login's back
"""

from sandbox.marketing.mailchimp.twin import MailchimpTwin

__all__ = ["MailchimpTwin"]
