// Chat programs, mail scanners and search engines fetch every link they see. What a link does must wait for its person: if
// previews opened payment links, one of single use would have a payment before its payer has seen it, one for many would have one
// for each chat it was posted in, and gateways would count sessions that nobody meant to pay; if they opened confirmations, nobody
// would have confirmed anything. They name themselves, so whoever does not is taken for a person. A scanner that hides behind a
// browser's name does what a person would: it makes a payment that runs out unpaid, or confirms.

/** Slack, Telegram, Discord, LinkedIn, iMessage, WhatsApp and the like. Not Cubot, which makes telephones. */
const PREVIEWERS =
  /(?<!cu)bot\b|crawler|spider|preview|slack-imgproxy|externalhit|facebookcatalog|^whatsapp\/|^viber\/|embedly|iframely|slurp/i;

/** Whether something only wants to show or index the link. HEAD is never sent by somebody who wants to see a page. */
export function isPreview(request: Request): boolean {
  return request.method === "HEAD" || PREVIEWERS.test(request.headers.get("user-agent") ?? "");
}

/** Whether a browser loads the page ahead of a click that may never come. Refused, it asks again at the click. */
export function isAhead(headers: Headers): boolean {
  return ["sec-purpose", "purpose", "x-moz"].some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ""));
}
