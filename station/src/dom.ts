// Builds elements. Texts are always set as text, never as HTML: what a partner typed cannot become markup.

type Content = Node | string;

/** An element with attributes and contents; an attribute of `false` is left out, one of `true` has no value. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | boolean> = {},
  ...contents: Content[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...contents);
  return made;
}

/** A button that does something when it is pressed. */
export function button(label: Content[], press: () => void, attributes: Record<string, string | boolean> = {}): HTMLButtonElement {
  const made = element("button", { type: "button", class: "button", ...attributes }, ...label);
  made.addEventListener("click", press);
  return made;
}

/** They point along the line of reading: mirrored where it runs from right to left. */
const DIRECTED = ["transfer", "return", "dispatch", "infeed", "exit", "unsure", "back", "erase", "speak"];

/** A pictogram of the house's sheet; always written beside its word, so screen readers skip it. */
export function pictogram(name: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const named = DIRECTED.includes(name) ? "pictogram pictogram-directed" : "pictogram";
  for (const [key, value] of Object.entries({ class: named, viewBox: "0 0 48 48", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.body.dataset["static"]}pictograms.svg#${name}`);
  svg.append(use);
  return svg;
}
