// Who is there: a badge and its PIN, or a password on the server's own page; and the setting up of a new device.
import type { App } from "../app.ts";
import { element, pictogram } from "../dom.ts";
import { ask } from "../link.ts";
import type { Signed } from "../session.ts";
import type { Place } from "../state.ts";
import { language, loadTexts, text } from "../texts.ts";
import type { Me } from "../types.ts";
import { key, tile, way } from "../ui.ts";
import { keypad, resultPanel, screen } from "./parts.ts";

const MOST_PIN = 8;
const LEAST_PIN = 4;
const PASSWORD_PAGE = "../account/sign-in?next=/station/";
const STATIONS = ["collection", "sorting", "washing", "quality", "relabeling", "dispatch"];

/** Scan your badge. */
export function signInScreen(app: App): HTMLElement {
  return screen(app, { name: "sign-in", sign: "badge", say: text("sign_in_say"), scans: true },
    [resultPanel(app, pictogram("badge"))],
    [passwordKey("secondary"), settingsKey(app)]);
}

/** The PIN of the badge, on keys for gloves; shown as dots. */
export function pinScreen(app: App, badge: string): HTMLElement {
  const { pin } = app.state.entry;
  const ready = pin.length >= LEAST_PIN;
  const dots = element("p", { class: "dots", "aria-label": text("digits", { count: pin.length }), role: "img" },
    ...Array.from(pin, () => element("span", {})));
  return screen(app, { name: "pin", sign: "locked", say: text("pin_say") },
    [...(app.state.result ? [resultPanel(app)] : [dots]),
      keypad((digit) => pin.length < MOST_PIN && app.enter({ pin: pin + digit }), () => app.enter({ pin: pin.slice(0, -1) }),
        () => void (ready && !app.state.busy && signIn(app, badge, pin)), ready)]);
}

async function signIn(app: App, badge: string, pin: string): Promise<void> {
  app.set({ busy: true });
  let signed = await app.memory.signIn(badge, pin);
  // Nobody can look at a PIN while the server is away: the badge alone opens, and what is recorded says so.
  if (!signed.ok && signed.away) signed = await app.memory.signInByBadge(badge);
  app.set({ busy: false, entry: { ...app.state.entry, pin: "" } });
  await entered(app, signed);
}

/** In: back to the work, which the next person goes on with, or to the start. Out: the server's words. */
export async function entered(app: App, signed: Signed): Promise<void> {
  if (!signed.ok) {
    const title = signed.what || text(signed.away ? "needs_network" : "not_let_in");
    return app.tell({ outcome: "refused", title, ...(signed.remedy ? { detail: signed.remedy } : {}) });
  }
  const own = app.memory.sitting?.person?.language;
  if (own && own !== language()) await loadTexts(own);
  const { work } = app.state;
  if (work) app.set({ work: { ...work, given: {} }, result: null, place: { at: "work", scanning: false } });
  else app.home();
}

/** A device is set up once, by somebody who signed in by password: at which site, for which station? */
export function setUpScreen(app: App, { me, site }: Extract<Place, { at: "setUp" }>): HTMLElement {
  const refused = app.state.result ? [resultPanel(app)] : [];
  if (!me?.person) {
    return screen(app, { name: "set-up", sign: "settings", say: text("set_up_new") },
      [...refused, element("p", { class: "hint" }, text("set_up_hint"))], [settingsKey(app), passwordKey("primary")]);
  }
  if (me.sites.length > 1 && site === undefined) {
    const sites = me.sites.map(({ code, name }) =>
      tile(pictogram("stock"), name, () => app.go({ at: "setUp", me, site: code }), { note: code }, { "data-site": code }));
    const about = { name: "set-up-site", sign: "settings", say: text("set_up_site") };
    return screen(app, about, [...refused, element("div", { class: "tiles" }, ...sites)]);
  }
  const tiles = STATIONS.map((station) =>
    tile(pictogram(station), text(`station_${station}`), () => void setUp(app, station, site), {}, { "data-station": station }));
  const about = { name: "set-up-station", sign: "settings", say: text("set_up_say") };
  return screen(app, about, [...refused, element("div", { class: "tiles" }, ...tiles)]);
}

/** Asks the server who is signed in in this browser: a person may set the device up. */
export async function lookWho(app: App): Promise<void> {
  const answer = await ask("me");
  if (answer.kind === "good" && app.state.place.at === "setUp") app.go({ at: "setUp", me: answer.body as Me });
}

async function setUp(app: App, station: string, site?: string): Promise<void> {
  if (app.state.busy) return;
  app.set({ busy: true });
  const signed = await app.memory.setUp(text(`station_${station}`), station, site);
  app.set({ busy: false });
  await entered(app, signed.ok ? await app.memory.resume() : signed);
}

function passwordKey(kind: string): HTMLElement {
  return way(text("by_password"), "keyboard", PASSWORD_PAGE, kind);
}

function settingsKey(app: App): HTMLElement {
  return key("settings", text("settings"), "settings", () => app.go({ at: "settings" }));
}
