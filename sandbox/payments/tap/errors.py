"""Tap's errors, as https://developers.tap.company/reference/charge-response-codes lists them."""

from __future__ import annotations

from typing import Any

DESCRIPTIONS = {
    "1103": "Required inputs are invalid",
    "1105": "Customer id is invalid",
    "1106": "Customer not found",
    "1110": "Redirect URL is missing",
    "1111": "Redirect URL is invalid",
    "1114": "Please check the Authorize status",
    "1115": "Authorize not found",
    "1116": "Save card feature not supported for this transaction",
    "1117": "Amount is invalid",
    "1119": "Currency code not supported",
    "1120": "Statement descriptor is invalid or length should be less than 60 characters",
    "1121": "The 'description' should be less than 1000 characters",
    "1122": "Merchant order reference length should be less than 100 characters",
    "1123": "Merchant transaction reference length should be less than 100 characters",
    "1124": "Source id is missing",
    "1125": "Source id is invalid",
    "1126": "Source already used, Please create the new source",
    "1127": "The metadata key length should be less than 250 characters",
    "1128": "Metadata value length should be less than 1000 characters",
    "1129": "Customer id or Customer information is required",
    "1130": "Customer's first name is required",
    "1135": "Phone number is required",
    "1137": "Phone number is invalid",
    "1138": "Email Address is invalid",
    "1139": "Customer phone number or email address is required",
    "1144": "Charge id not found",
    "1149": "Currency code is not matching with existing currency code",
    "1150": "Capture amount exceeds with the outstanding authorized amount",
    "1152": "Invalid authorize auto schedule type",
    "1153": "Invalid authorize auto schedule time",
    "1156": "Refund reason is missing",
    "1157": "Refund reason length should be less than 250 characters",
    "1160": "Refund not found",
    "1161": "Requested refund amount exceeds",
    "1162": "Invalid row count should be less than or equal to 50",
    "1216": "Agreement id is missing",
    "2100": "Invalid JSON request",
    "2102": "Request not found",
    "2104": "Invalid API Key",
    "2107": "Authorization Required",
}


class TapError(Exception):
    """An error as Tap answers it."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        return {"errors": [{"code": self.code, "description": DESCRIPTIONS[self.code]}]}
