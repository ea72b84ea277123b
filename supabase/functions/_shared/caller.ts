/** Where a request came from. What other headers say, whoever sent it may have written.
 *
 * Hosted Supabase lies behind Cloudflare, which overwrites CF-Connecting-IP and appends to what X-Forwarded-For already held
 * (https://developers.cloudflare.com/fundamentals/reference/http-headers/); SB_REGION is set there only
 * (https://supabase.com/docs/guides/functions/secrets). Elsewhere the last of X-Forwarded-For is the nearest proxy's word.
 */
export function addressOf(headers: Headers): string {
  if (Deno.env.get("SB_REGION")) return headers.get("cf-connecting-ip") ?? "";
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
}
