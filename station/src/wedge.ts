// A handheld scanner types a code as a keyboard would, then Enter or Tab. How fast it types says nothing: slow ones and
// quick people exist. So whatever is typed outside of fields counts when the suffix comes.
import { isAddress, letterAt, typedBy, type Press } from "./keys.ts";

type Field = HTMLInputElement | HTMLTextAreaElement;

/** A press, the field it went to, if any, and what stood in that before. */
interface Pressed extends Press {
  field: Field | null;
  before: string;
}

/** More are somebody's arm on a keyboard. */
const MOST = 300;
const NOT_TYPED_INTO = ["button", "submit", "reset", "checkbox", "radio", "range", "color", "file", "image"];

/**
 * Calls `onText` with all that a handheld scanner types, until the returned function is called. A field that somebody
 * types into by hand is left alone, unless a whole address is scanned into it: that is taken out of it again. A field
 * with `inputmode="none"` is the scanner's own. `isKnown`: whether a text that is no code of ours names something here.
 */
export function listenToScanner(onText: (text: string) => void, isKnown: (text: string) => boolean = () => false): () => void {
  let presses: Pressed[] = [];

  const pressed = (event: KeyboardEvent) => {
    if (isChord(event)) return;
    const field = fieldOf(event.target);
    if (event.key === "Enter" || event.key === "Tab") {
      end(event, field);
    } else {
      type(event, field);
    }
  };

  const type = (event: KeyboardEvent, field: Field | null) => {
    const press = { shown: event.key.length === 1 ? event.key : "", placed: letterAt(event.code, event.shiftKey) };
    if (!press.shown && !press.placed) return;
    // The space bar presses the button that has the focus, unless it stands within a code.
    if (!field && event.target instanceof HTMLButtonElement && event.key === " " && presses.length === 0) return;
    presses = [...presses.slice(1 - MOST), { ...press, field, before: field?.value ?? "" }];
    // "/" opens a browser's own search, which would take the rest of the code.
    if (!field) event.preventDefault();
  };

  const end = (event: KeyboardEvent, field: Field | null) => {
    const typed = typedBy(presses, isKnown);
    const taken = presses.slice(typed?.from ?? 0);
    const own = field !== null && isScannersOwn(field);
    // Some scanners put text into the field without pressing keys.
    const text = typed?.text ?? (own ? field.value.trim() : "");
    presses = [];
    if (!text || (field && !own && !isAddress(text))) return;
    // Enter would press the button that has the focus, Tab would move it.
    event.preventDefault();
    event.stopImmediatePropagation();
    taken.reverse().forEach((press) => press.field && restore(press.field, press.before));
    if (own) restore(field, "");
    onText(text);
  };

  const released = (event: KeyboardEvent) => {
    // Firefox presses a button when the space bar comes up.
    if (event.key === " " && presses.length > 0 && !fieldOf(event.target)) event.preventDefault();
  };

  document.addEventListener("keydown", pressed, { capture: true });
  document.addEventListener("keyup", released, { capture: true });
  return () => {
    document.removeEventListener("keydown", pressed, { capture: true });
    document.removeEventListener("keyup", released, { capture: true });
  };
}

/** With Ctrl, Alt or Meta a key is a command. AltGr only chooses a letter. */
function isChord(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
}

function fieldOf(target: EventTarget | null): Field | null {
  if (target instanceof HTMLTextAreaElement) return target;
  return target instanceof HTMLInputElement && !NOT_TYPED_INTO.includes(target.type) ? target : null;
}

function isScannersOwn(field: Field): boolean {
  return field.inputMode === "none";
}

function restore(field: Field, value: string): void {
  if (field.value === value) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
