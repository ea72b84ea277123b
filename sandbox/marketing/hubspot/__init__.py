"""HubSpot's twin.

Written from HubSpot's specifications and its pages on errors, search and request validation. Each login of the consent
page is an account, and so is each pasted token that begins with ``sandbox_``, which has every scope; tokens, client ids
and secrets with ``invalid`` in them are refused, others unknown. The consent page lies at ``/app/oauth/authorize``, the
forms' host below ``/forms``. Objects are served as v3 and in dated versions. Where the documents are silent the twin
has a mind of its own: a call whose inputs all have a trace id answers 207 for those that are wrong, an address that
was blocked is refused like a wrong one, and an account begins with one form, one sent e-mail and the list of all
contacts.

Controls, below ``/_test``, take the account's token as the API does::

    POST /_test/webhook   {"url", "secret", "app_id"?}   send events there, signed with the secret
    POST /_test/contacts  {"count", "at_ms"?, "prefix"?}   as an import makes them, all at one time if one is given
    POST /_test/contact   {"email", "properties"?, "archived"?, "alias"?}   as somebody in HubSpot changes one
    POST /_test/deal      {"reference", "properties"?, "archived"?}
    POST /_test/emails    {"name", "state", "counters"?, …}   another marketing e-mail; of a known name: changes it
    POST /_test/search    {"cap"?, "frozen"?}   where search ends, and whether it finds what is made from now on
    POST /_test/batches   {"whole"}   refuse a batch as a whole where one of it is wrong
    POST /_test/limit     {"policy", "times"}   answer 429 with this policy
    POST /_test/answer    {"status", "times", "retry_after"?}   answer with a status such as 423 or 477
    POST /_test/tokens    {"do": "expire" | "revoke"}   access, or access and what renews it
    POST /_test/versions  {"retire": "2026-03"}   a dated version that has ended
"""

from sandbox.marketing.hubspot.twin import HubSpotTwin

__all__ = ["HubSpotTwin"]
