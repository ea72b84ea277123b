/** What stands in the forms of operations at first: made-up people, a parcel, and providers' own test tokens. */

export const WAREHOUSE = {
  name: "Sara Khan",
  company: "Test Trading LLC",
  phone: "+971501110001",
  line1: "Warehouse 4, Al Quoz 3",
  area: "Al Quoz",
  city: "Dubai",
  country: "AE",
};
export const RECIPIENT = {
  name: "Omar Ali",
  phone: "+971501110002",
  line1: "Villa 12, Khalifa City",
  area: "Khalifa City",
  city: "Abu Dhabi",
  country: "AE",
};
export const PARCELS = [{ weight_kg: "1.2", length_cm: 30, width_cm: 20, height_cm: 10 }];
export const CUSTOMER = { name: "Sara Khan", email: "sara@example.ae", phone: "+971501110001" };

/**
 * Providers' own test tokens, which their sandboxes (and this repository's) know; none is a card number. Empty: the payer
 * goes to the gateway's page.
 */
export const TEST_CARDS: Record<string, readonly string[]> = {
  stripe: [
    "pm_card_visa",
    "pm_card_visa_chargeDeclined",
    "pm_card_visa_chargeDeclinedInsufficientFunds",
    "pm_card_threeDSecureRequired",
    "pm_card_createDispute",
    "",
  ],
  checkout: ["tok_approved000000000000000000", "tok_declined20051aaaaaaaaaaaaa", "tok_challenge00000000000000000", ""],
  tap: ["tok_approved00000000", "tok_declined505000", "tok_challenge000000", ""],
};
