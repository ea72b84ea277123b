"""Social networks that no connector stands behind, as the catalog describes them."""

from typing import Any

NETWORK, BOARD = "probe_network", "probe_board"
"""The network can do everything; the board takes short posts with pictures, and nothing else."""

NETWORKS: dict[str, dict[str, Any]] = {
    NETWORK: {
        "category": "social",
        "name": "Network",
        "capabilities": [
            *("lists_accounts", "publishes_posts", "edits_posts", "deletes_posts", "lists_posts", "measures_posts"),
            *("measures_accounts", "reads_comments", "writes_comments", "hides_comments", "connects_by_consent"),
            *("refreshes_tokens", "inspects_tokens"),
        ],
        "credential_fields": [
            {"name": "client_id", "required": False},
            {"name": "client_secret", "required": False},
            {"name": "access_token", "required": False, "by_consent": True},
            {"name": "refresh_token", "required": False},
        ],
        "settings_fields": [{"name": "account"}, {"name": "data_centre"}],
        "consent": {"scopes": ["posts"], "pkce": True, "refreshes": True},
        "social": {
            "formats": [
                {
                    "format": "post",
                    "longest_text": 300,
                    "needs_media": False,
                    "mixes_media": False,
                    "images": {"most": 3, "types": ["image/jpeg"]},
                    "videos": {"most": 1, "types": ["video/mp4"]},
                    "links": True,
                },
                {
                    "format": "reel",
                    "longest_text": 300,
                    "needs_media": True,
                    "mixes_media": False,
                    "images": None,
                    "videos": {"most": 1, "types": ["video/mp4"]},
                    "links": False,
                },
            ],
            "longest_comment": 50,
            "fetches_media": True,
            "measure_batch": 2,
        },
    },
    BOARD: {
        "category": "social",
        "name": "Board",
        "capabilities": ["publishes_posts"],
        "credential_fields": [
            {"name": "client_id", "required": False},
            {"name": "client_secret", "required": False},
            {"name": "access_token", "required": True},
        ],
        "social": {
            "formats": [
                {
                    "format": "post",
                    "longest_text": 20,
                    "needs_media": True,
                    "mixes_media": True,
                    "images": {"most": 2, "types": ["image/jpeg"]},
                    "videos": None,
                    "links": False,
                }
            ],
            "longest_comment": 20,
            "fetches_media": True,
            "measure_batch": 0,
        },
    },
}
