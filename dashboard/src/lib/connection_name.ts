/** What people call a connection. Cutting one frees its name for another: the hub adds words and an id to the old one. */

const CUT = / \(disconnected [0-9a-f]{12}\)$/;

/** The name that somebody gave it, whether it is cut or not. */
export function givenName(name: string): string {
  return name.replace(CUT, "");
}
