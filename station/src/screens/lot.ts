// A lot that was scanned with nothing open: what it is, and what may be done with it, what it needs next first.
import { actionOf } from "../actions.ts";
import type { App } from "../app.ts";
import { glassOf, nameIn } from "../choices.ts";
import { element, pictogram } from "../dom.ts";
import { shownCode } from "../judge.ts";
import { findLot } from "../kit.ts";
import { actionsFor } from "../meaning.ts";
import { begin } from "../recording.ts";
import { knownBy } from "../state.ts";
import { language, text } from "../texts.ts";
import { bottle, ltr, way } from "../ui.ts";
import { bottleCount, screen } from "./parts.ts";
import { actionTile } from "./start.ts";

/** The lot, and its steps as tiles. Each begins with the lot already scanned. */
export function lotScreen(app: App, code: string): HTMLElement {
  const known = knownBy(app.memory)!;
  const lot = findLot(known.kit, code);
  if (!lot) return screen(app, { name: "lot", sign: "lot", say: text("wrong_unknown", { lot: shownCode(code) }) }, []);
  const model = known.kit.models.find((each) => each.code === lot.model);
  const chip = (word: string, stops = false) => [element("span", { class: stops ? "chip chip-stop" : "chip" }, word)];
  const signs = [
    ...chip(text(`stage_${lot.stage}`)), ...(lot.grade ? chip(text(`grade_${lot.grade}`)) : []),
    ...(lot.held ? chip(text("on_hold"), true) : []), ...(lot.recalled ? chip(text("recalled"), true) : []),
  ];
  const french = language() === "ar" ? { lang: "fr", dir: "ltr" } : {};
  const name = model ? element("span", french, nameIn(language(), model.name)) : text("mixed_bottles");
  const actions = actionsFor(lot, known).map((each) => actionTile(app, actionOf(each), () => withLot(app, each, lot.code)));
  return screen(app, { name: "lot", sign: "lot", say: text("lot_say") }, [
    element("section", { class: "lot-seen" }, model ? bottle(model.picture, glassOf(lot.color)) : pictogram("crate"),
      element("div", {}, element("p", { class: "code result-code" }, ltr(shownCode(lot.code))), element("p", {}, name),
        bottleCount(lot.quantity),
        element("p", { class: "lot-signs" }, ...signs))),
    element("div", { class: "tiles" }, ...actions),
  ], [way(text("open_lot"), "lot", `../operator/lots/${encodeURIComponent(lot.code)}`)]);
}

/** The action takes the scan as its own as soon as it asks for a lot; a kept question may come before. */
function withLot(app: App, name: string, code: string): void {
  begin(app, name);
  app.scanned(code);
}
