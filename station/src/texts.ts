// The station's words, in the language of whoever stands at it. webapp/station/texts.py holds them.

interface Texts {
  language: string;
  direction: string;
  languages: [code: string, name: string][];
  texts: Record<string, string>;
}

const KEPT = "language";
let loaded: Texts = { language: "fr", direction: "ltr", languages: [], texts: {} };

/** The language last chosen on this device; French before anybody chose. */
export function keptLanguage(): string {
  return localStorage.getItem(KEPT) ?? "fr";
}

/** Takes the words of a language, and turns the page to its direction. They are kept for when there is no network. */
export async function loadTexts(language: string): Promise<void> {
  const answer = await fetch(`texts/${language}.json`);
  if (!answer.ok) throw new Error(`texts in ${language}: ${answer.status}`);
  useTexts((await answer.json()) as Texts);
  localStorage.setItem(KEPT, loaded.language);
  document.documentElement.lang = loaded.language;
  document.documentElement.dir = loaded.direction;
}

/** Makes these the words of `text()`. */
export function useTexts(texts: Texts): void {
  loaded = texts;
}

/** Code and own name of each language. */
export function languages(): Texts["languages"] {
  return loaded.languages;
}

/** The code of the language in use. */
export function language(): string {
  return loaded.language;
}

/** The words for a key, with values for its `%(name)s`. */
export function text(key: string, values: Record<string, string | number> = {}): string {
  const words = loaded.texts[key];
  if (words === undefined) throw new Error(`no text ${key}`);
  return words.replace(/%\((\w+)\)s/g, (_, name: string) => String(values[name]));
}
