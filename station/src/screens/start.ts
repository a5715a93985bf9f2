// Start: what people at this station do, one tile each; everything else is one touch further.
import { type Action, ACTIONS } from "../actions.ts";
import type { App } from "../app.ts";
import { element, pictogram } from "../dom.ts";
import { begin } from "../recording.ts";
import { text } from "../texts.ts";
import { figure, key, tile, way } from "../ui.ts";
import { resultPanel, screen } from "./parts.ts";

/** The station's own steps first; a scan opens what fits it. */
export function startScreen(app: App): HTMLElement {
  const own = allowed(app).filter((action) => action.station === app.memory.device?.station);
  const shown = own.length > 0 ? own : allowed(app).filter((action) => action.station === null);
  const scan = tile(pictogram("scan"), text("scan_label"), () => app.go({ at: "anything" }), {}, { "data-press": "anything" });
  const { waiting, refused } = app.memory.state;
  return screen(app, { name: "start", sign: "start", say: text("start_say") },
    [
      ...(app.state.result ? [resultPanel(app)] : []),
      element("div", { class: "tiles" }, scan, ...shown.map((action) => actionTile(app, action))),
    ],
    [
      key("all", text("all_steps"), "other", () => app.go({ at: "all" })),
      key("outbox", text("outbox", { count: figure(waiting + refused) }), "outbox", () => app.go({ at: "outbox" })),
      key("settings", text("settings"), "settings", () => app.go({ at: "settings" })),
    ]);
}

/** Every step that this person may take, and the way out. */
export function allScreen(app: App): HTMLElement {
  return screen(app, { name: "all", sign: "other", say: text("all_say") },
    [element("div", { class: "tiles" }, ...allowed(app).map((action) => actionTile(app, action)))],
    [way(text("open_plant"), "lot", "../operator/"),
      key("end", text("end_sitting"), "exit", () => void app.memory.signOut())]);
}

/** A step as a tile. */
export function actionTile(app: App, action: Action, press: () => void = () => begin(app, action.name)): HTMLElement {
  return tile(pictogram(action.sign), text(`action_${action.name}`), press, {}, { "data-action": action.name });
}

function allowed(app: App): Action[] {
  const { kit, sitting } = app.memory;
  const permissions = sitting?.person?.permissions;
  if (!kit) return [];
  return ACTIONS.filter((action) => {
    const permission = action.permission ?? kit.steps[action.step ?? ""]?.permission;
    return permission !== undefined && (permissions === undefined || permissions.includes(permission));
  });
}
