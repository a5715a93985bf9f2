// For scanners that put a whole text where the cursor is instead of pressing keys: on screens that wait for a scan, the
// cursor is in a field of theirs. It opens no keyboard on the glass, and wedge.ts empties it.
import { element } from "./dom.ts";

/** Puts the field into `main` while a scan is waited for, and the cursor into it unless somebody put that elsewhere. */
export function keepScannerField(main: HTMLElement): void {
  const field = element("input", { class: "visually-hidden", type: "text", inputmode: "none", autocomplete: "off", spellcheck: "false" });
  const follow = () => {
    const screen = main.querySelector<HTMLElement>("[data-view=on]");
    const heading = screen?.querySelector("h1");
    if (!heading) return field.remove();
    if (!field.isConnected) main.append(field);
    field.setAttribute("aria-label", heading.textContent);
    if ([document.body, heading].includes(document.activeElement as HTMLHeadingElement)) field.focus({ preventScroll: true });
  };
  new MutationObserver(follow).observe(main, { childList: true, subtree: true });
  // Whoever touches beside the keys takes the cursor out.
  document.addEventListener("focusout", () => setTimeout(follow));
  follow();
}
