"""LinkedIn's twin.

Written from Microsoft's pages on LinkedIn's API (see the connector) and what integrations report. Each login has a
world of its own: its profile, and two pages, ``urn:li:organization:5005`` (as administrator) and
``urn:li:organization:5006`` (as content administrator). A login is whoever agreed on the consent page, or a pasted
token that begins with ``sandbox_`` and has every scope; what has ``invalid`` in it is refused. An app whose client id
has ``partner`` in it gets refresh tokens.

As strict as the real one: versions, Rest.li's writing, scopes and roles, the ranges and ETags of uploads, which take no
credentials; a post's text is cut off where a reserved character stands unescaped; a post that is there already is
refused. Where the documents are silent it has a mind of its own: a film is PROCESSING when it is first asked about and
AVAILABLE after that, parts are 4 MiB, comments come in the order they were written.

Controls, with the login's token, also one that has ended (JSON in, JSON out)::

    POST /_test/token          {"do": "expire" | "revoke"}
    POST /_test/versions       {"retire": "202607"}, or {"active": [...]}
    POST /_test/tier           {"development": true}: no batches, and no posts
    POST /_test/throttle       {"times": 1}: the next calls are refused for the quota of the day
    POST /_test/organization   {"id": 5007, "name", "role", "state"}; {"id", "remove": true}; a REVOKED state has the
                               list of all roles refused
    POST /_test/videos         {"looks": 3, "fails": true, "part_bytes": 1000, "upload_host": "https://…"}
    POST /_test/lists          {"lag": true}: an author's list shows nothing newer, until {"lag": false}
    POST /_test/comment        {"post", "text", "actor", "parent"}: somebody comments
    POST /_test/grow           {"post", "impressions", "uniques", "clicks", "shares", "reactions": {"LIKE": 2}}
    POST /_test/followers      {"organization", "followers", "page_views"}
    POST /_test/webhook        {"url", "secret"}: where notifications go; with no secret, the app's
"""

from sandbox.social.linkedin.twin import LinkedInTwin

__all__ = ["LinkedInTwin"]
