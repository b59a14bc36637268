import { createHmac, timingSafeEqual } from "node:crypto";

const TOLERANCE_SECONDS = 5 * 60;

/**
 * True if the message was signed with the secret, is unchanged, and is at most five minutes old.
 * The names in `headers` are lower case, as in Node; `body` is the raw body, before any parsing.
 */
export function isGenuine(
  secret: string,
  headers: Record<string, string | undefined>,
  body: string | Uint8Array,
  now: number = Date.now() / 1000,
): boolean {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signatures = headers["webhook-signature"];
  if (!id || !timestamp || !signatures) return false;
  // Negated so that a timestamp that is not a number is rejected, too.
  if (!(Math.abs(now - Number(timestamp)) <= TOLERANCE_SECONDS)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(" ").some((signature) => {
    const [version, tag = ""] = signature.split(",");
    const given = Buffer.from(tag, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
