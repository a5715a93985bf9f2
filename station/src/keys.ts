// What a run of key presses says, by the letters shown and by the keys' places.
import { readCode } from "./codes.ts";

/** A key: the letter that this computer's layout makes of it, and the letter it has on a US keyboard. Empty: none. */
export interface Press {
  shown: string;
  placed: string;
}

/** What was scanned, and with which press it began. */
export interface Typed {
  text: string;
  from: number;
}

/** Fewer presses are a slip of a sleeve, not a code. */
const FEWEST = 4;
const DIGITS_SHIFTED = ")!@#$%^&*(";
/** Keys of a US keyboard whose letters are not in their names: plain, and with Shift. */
const PLACES: Record<string, string> = {
  Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Semicolon: ";:", Quote: "'\"",
  Comma: ",<", Period: ".>", Slash: "/?", Backquote: "`~", Space: "  ",
  NumpadDivide: "//", NumpadSubtract: "--", NumpadDecimal: "..",
};

/** The letter of a key (`event.code`) on a US keyboard, in capitals; empty where it makes none. */
export function letterAt(code: string, shift: boolean): string {
  const [, kind, letter] = /^(Key|Digit|Numpad)([A-Z0-9])$/.exec(code) ?? [];
  if (kind === "Key" || kind === "Numpad") return letter!;
  if (kind === "Digit") return shift ? DIGITS_SHIFTED[Number(letter)]! : letter!;
  return PLACES[code]?.[shift ? 1 : 0] ?? "";
}

/**
 * What a scanner typed; null for too little to be a code. A scanner set to a US keyboard types nonsense into a computer
 * with another layout, so both readings are tried. `isKnown`: whether a text that is no code of ours names something.
 */
export function typedBy(presses: readonly Press[], isKnown: (text: string) => boolean): Typed | null {
  const readings = [latest(presses.map((press) => press.shown)), latest(presses.map((press) => press.placed))];
  const [first, second] = readings.filter((reading) => reading.text.length >= FEWEST);
  if (!first || !second) return first ?? null;
  return rank(second.text, isKnown) > rank(first.text, isKnown) ? second : first;
}

/** Whether nobody would type it by hand: a whole address. */
export function isAddress(text: string): boolean {
  return readCode(text, []).kind === "foreign";
}

/** The last address in what was typed, whatever stood before it; else all of it. */
function latest(letters: string[]): Typed {
  const whole = letters.join("");
  const at = Math.max(0, whole.toLowerCase().lastIndexOf("http"));
  if (!whole.slice(at).includes("://")) return { text: whole.trim(), from: 0 };
  let length = 0;
  return { text: whole.slice(at).trim(), from: letters.findIndex((letter) => (length += letter.length) > at) };
}

function rank(text: string, isKnown: (text: string) => boolean): number {
  if (isKnown(text)) return 3;
  // Without knowing our own addresses, any address is a stranger's: it is one all the same.
  return { lot: 3, foreign: 2, misread: 1 }[readCode(text, []).kind as string] ?? 0;
}
