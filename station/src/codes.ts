// What was scanned or typed: an address of ours with a code in it, a bare code, or a stranger's. Nothing is fetched.
// webapp/codes.py reads the same, and codes.json holds both to it.

/** What a code names. */
export type CodeKind =
  | "lot" | "container" | "run" | "order" | "point" | "command" | "badge" | "foreign" | "misread" | "unknown";

/**
 * What a text names, in capitals. `code` of a misread lot code or an unknown text: a name that a partner may have given
 * to a lot, or empty where it cannot be one. Of a foreign address: its host, which is whose it is.
 */
export interface Scanned {
  kind: CodeKind;
  code: string;
}

const LETTERS: Record<string, CodeKind> = {
  Q: "lot", C: "container", R: "run", O: "order", P: "point", X: "command", B: "badge",
};
/** No code of ours is longer, and no name of a partner's. */
const LONGEST = 40;
const MOST_SHOWN = 60;
const NOTHING: Scanned = { kind: "unknown", code: "" };
// A name and password before the host are not the host; browsers read a backslash as a slash.
const HOST_AND_PATH = /^(?:[^/?#\\]*@)?([^/?#\\@]+)([^?#]*)/;
const CODE = /^\/([a-z])\/([^/]+)\/?$/i;
const ENCODED = /%([2-7][0-9A-F])/gi;

/** Crockford's base 32: no I, L, O or U. The last of eight characters is an ISO 7064 check character. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 8;

/** What was scanned or typed. `own`: what our printed addresses begin with; a scheme may be absent or differ. */
export function readCode(text: string, own: readonly string[]): Scanned {
  const wanted = text.trim();
  if (!wanted.includes("://")) return lotOrName(wanted);
  const [host, path] = hostAndPath(wanted);
  const bases = own.map((address) => hostAndPath(address.replace(/\/+$/, "")));
  if (!bases.some(([ownHost]) => ownHost === host)) {
    return { kind: "foreign", code: (host || wanted).slice(0, MOST_SHOWN) };
  }
  for (const [ownHost, ownPath] of bases) {
    if (ownHost !== host || !path.toLowerCase().startsWith(ownPath.toLowerCase())) continue;
    const [, letter = "", encoded = ""] = CODE.exec(path.slice(ownPath.length)) ?? [];
    const code = encoded.replace(ENCODED, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    const kind = LETTERS[letter.toUpperCase()];
    if (kind && !code.includes("/")) return kind === "lot" ? lotOrName(code) : named(kind, code);
  }
  return NOTHING;
}

function lotOrName(text: string): Scanned {
  const code = text.toUpperCase().replace(/[ -]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  if (code.length !== CODE_LENGTH || ![...code].every((character) => ALPHABET.includes(character))) {
    return named("unknown", text);
  }
  return checks(code) ? { kind: "lot", code } : named("misread", text);
}

/** ISO 7064 hybrid system (its MOD 37,36 over our 32 characters): any one wrong character shows. */
function checks(code: string): boolean {
  const modulus = ALPHABET.length;
  let check = modulus / 2;
  for (const character of code) {
    check = ((((check || modulus) * 2) % (modulus + 1)) + ALPHABET.indexOf(character)) % modulus;
  }
  return check === 1;
}

function named(kind: CodeKind, text: string): Scanned {
  const code = text.trim().split(/\s+/).join(" ").toUpperCase();
  return code.length > 0 && code.length <= LONGEST ? { kind, code } : NOTHING;
}

/** Host and port in small letters, and the path; of what is no web address, nothing. */
function hostAndPath(address: string): [host: string, path: string] {
  const mark = address.indexOf("://");
  if (mark >= 0 && !/^https?$/i.test(address.slice(0, mark))) return ["", ""];
  const found = HOST_AND_PATH.exec(mark >= 0 ? address.slice(mark + 3) : address);
  return found ? [found[1]!.toLowerCase(), found[2]!] : ["", ""];
}
