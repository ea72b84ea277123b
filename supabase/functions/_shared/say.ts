// What people who open a link are answered: plain text, because hosted Supabase serves no HTML from functions.

/** A text in both languages. */
export type Text = [english: string, arabic: string];

/** Answer with a text. A link that was given to one person is nobody else's to keep, index, or pass on to the next page. */
export function say(status: number, [english, arabic]: Text, headers: Record<string, string> = {}): Response {
  return new Response(`${english}\n\n${arabic}\n`, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex",
      ...headers,
    },
  });
}
