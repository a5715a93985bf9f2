// The outbox: what waits to be sent, and what the server refused, each with what can be done about it.
import type { App } from "../app.ts";
import { element, pictogram } from "../dom.ts";
import { actionOf, ACTIONS } from "../actions.ts";
import { shownCode } from "../judge.ts";
import { text } from "../texts.ts";
import type { Row } from "../types.ts";
import { figure, key, ltr } from "../ui.ts";
import { screen } from "./parts.ts";

/** How many of those that merely wait are shown. */
const MOST = 50;
const LINKS = { good: "link_good", unknown: "link_good", away: "link_away", trouble: "link_trouble", signed_out: "link_signed_out" };

/** Refused ones first. */
export function outboxScreen(app: App): HTMLElement {
  const refused = app.memory.rows.filter((row) => row.state === "refused");
  const waiting = app.memory.rows.filter((row) => row.state === "waiting");
  const none = refused.length + waiting.length === 0;
  return screen(app, { name: "outbox", sign: "outbox", say: text("outbox_say") }, [
    element("p", { class: "link" }, text(LINKS[app.memory.state.link])),
    none ? element("div", { class: "empty" }, pictogram("check"), element("p", {}, text("all_sent"))) : element("ul", { class: "rows" },
      ...refused.map((row) => refusedRow(app, row)), ...waiting.slice(-MOST).reverse().map(waitingRow)),
  ], [key("send", text("send_now"), "rewash", () => void app.memory.refresh(), "primary")]);
}

function waitingRow(row: Row): HTMLElement {
  return element("li", { class: "row" }, ...rowWords(row));
}

function refusedRow(app: App, row: Row): HTMLElement {
  return element("li", { class: "row row-refused" }, ...rowWords(row),
    element("p", { class: "error" }, pictogram("cross"), row.refusal?.what ?? text("refused_by_server")),
    element("p", {}, row.refusal?.remedy ?? ""),
    element("div", { class: "row-keys" },
      key("ask-lead", text("ask_lead"), "people", () => void app.memory.handOver(row.event_id)),
      key("understood", text("understood"), "check", () => void app.memory.acknowledge(row.event_id))));
}

function rowWords({ summary, happened_at }: Row): HTMLElement[] {
  const known = ACTIONS.some((action) => action.name === summary.action);
  const time = new Date(happened_at).toTimeString().slice(0, 5);
  const what = [...summary.codes.slice(0, 3).map(shownCode), ...(summary.codes.length > 3 ? [`+ ${summary.codes.length - 3}`] : []),
    ...(summary.quantity === null ? [] : [`${figure(summary.quantity)} ${text("bottles")}`])];
  return [element("p", { class: "row-words" }, pictogram(known ? actionOf(summary.action).sign : "return"),
    element("strong", {}, known ? text(`action_${summary.action}`) : text("undo")), element("time", {}, ltr(time)),
    element("span", {}, what.join(" · ")))];
}
