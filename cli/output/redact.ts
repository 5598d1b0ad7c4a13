import { homedir } from "node:os";

/** Names of environment variables whose values nobody else may read. */
const SECRET_NAME = /KEY|SECRET|TOKEN|PASS|CREDENTIAL|AUTH|PRIVATE|MNEMONIC|COOKIE/i;
/** Shorter values would blank out harmless words. */
const SECRET_LENGTH_MIN = 6;
/** Long runs without a blank that look like keys: hex from 32, base64 or base58 from 40 characters. */
const LOOKS_LIKE_KEY =
  /(?:0x)?\b[0-9a-fA-F]{32,}\b|\b(?=[A-Za-z0-9+_-]*\d)[A-Za-z0-9+_-]{40,}={0,2}/g;

/** Takes out of a text what must not leave the machine: secrets of the environment, keys, the home folder. */
export function redact(text: string, env: Readonly<Record<string, string | undefined>>): string {
  let result = text;
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.length < SECRET_LENGTH_MIN || !SECRET_NAME.test(name))
      continue;
    result = result.replaceAll(value, "[redacted]");
  }
  result = result.replace(LOOKS_LIKE_KEY, "[redacted]");
  const home = homedir();
  return home.length > 1 ? result.replaceAll(home, "~") : result;
}
