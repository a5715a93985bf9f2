// The station as people meet it: one state, one screen drawn from it, and one way for scans to come in.
import { ACTIONS, type Question } from "./actions.ts";
import { type Scanned, readCode } from "./codes.ts";
import { obey } from "./commands.ts";
import { element } from "./dom.ts";
import { type Outcome, signal } from "./feedback.ts";
import { shownCode } from "./judge.ts";
import { findLot } from "./kit.ts";
import { type Meaning, meaningOf } from "./meaning.ts";
import type { Memory } from "./memory.ts";
import { answer, begin } from "./recording.ts";
import { Repeats } from "./repeats.ts";
import { screenOf } from "./screens/index.ts";
import { lookWho } from "./screens/signing.ts";
import { BLANK, EMPTY, type Entry, type Place, type Result, type State, type Values, knownBy } from "./state.ts";
import { text } from "./texts.ts";
import type { Lot, Verdict } from "./types.ts";
import { Viewfinder } from "./viewfinder.ts";
import { answersOf, openQuestion } from "./work.ts";

/** Until a kit says it. */
const RESCAN_SECONDS = 5;
/** How the server calls a refusal that nobody at a station may override. */
const STOPPED = "stopped";
/** Screens on which somebody types or reads: what happens behind them does not draw them anew. */
const LEFT_ALONE: Place["at"][] = ["typing", "setUp", "pin", "stop", "settings", "work", "undo"];

/** The pictogram of a lot's step; those that are taken on the server's own pages are quality's, nearly all. */
function signOf(step: string): string {
  return ACTIONS.find((action) => action.step === step)?.sign ?? "quality";
}

/** What somebody was typing stays, whatever was said meanwhile. */
function keepTyped(before: HTMLInputElement | null, drawn: HTMLElement): void {
  const field = drawn.querySelector("input");
  if (field && before) field.value = before.value;
}

export class App {
  state: State = EMPTY;
  readonly memory: Memory;
  readonly #host: HTMLElement;
  readonly #alert: HTMLElement;
  readonly #view: Viewfinder;
  readonly #repeats = new Repeats();
  #drawn = "";
  #due = false;
  #latestSight = "";

  constructor(main: HTMLElement, memory: Memory) {
    this.memory = memory;
    this.#host = element("div", { class: "host" });
    this.#alert = element("p", { class: "visually-hidden", role: "alert" });
    this.#view = new Viewfinder((words) => this.seen(words));
    main.replaceChildren(this.#host, this.#view.element, this.#alert);
  }

  /** Takes part of a new state. It is drawn when all that happens now has happened, so that nothing is drawn in vain. */
  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.#draw());
  }

  #draw(): void {
    this.#due = false;
    // A record on its way to the disk: what is there stays until it is known what became of it.
    if (this.state.busy && this.state.place.at === "work" && this.question() === null) return;
    const typed = this.#host.querySelector("input");
    const drawn = screenOf(this);
    const name = drawn.dataset["screen"]!;
    this.#host.replaceChildren(drawn);
    this.#view.show(drawn.dataset["view"] === "on");
    const heading = drawn.querySelector<HTMLElement>("h1")!;
    document.title = `${heading.textContent} · ${text("title")}`;
    if (name === this.#drawn) return keepTyped(typed, drawn);
    // A new screen is read from its heading; the same one drawn anew leaves people where they are.
    this.#drawn = name;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  go(place: Place): void {
    this.set({ place, entry: BLANK });
  }

  enter(change: Partial<Entry>): void {
    this.set({ entry: { ...this.state.entry, ...change }, result: null });
  }

  /** Out of the work: to the steps, or to whoever signs in next. */
  home(): void {
    const place: Place = this.memory.device ? { at: this.memory.sitting ? "start" : "signIn" } : { at: "setUp", me: null };
    this.set({ work: null, result: null, entry: BLANK, busy: false, place });
    if (place.at === "setUp") void lookWho(this);
  }

  /** The memory changed by itself: rows went, a kit came, somebody's time was over, or another tab did something. */
  remember(): void {
    const { at } = this.state.place;
    const signedIn = this.memory.sitting !== null;
    const outside = at === "signIn" || at === "setUp" || at === "loading";
    const setUpMeanwhile = (at === "setUp") === (this.memory.device !== null);
    if (at !== "pin" && at !== "settings" && (signedIn === outside || (outside && setUpMeanwhile))) return this.home();
    if (!LEFT_ALONE.includes(at)) return this.set({});
    const waiting = this.#host.querySelector("[data-waiting]");
    const fresh = screenOf(this).querySelector("[data-waiting]");
    if (waiting && fresh) waiting.replaceWith(fresh);
  }

  /** The lot that the work is about, as this device knows it. */
  lot(): Lot | null {
    const { work } = this.state;
    if (!work || !this.memory.kit) return null;
    const { lot, source } = answersOf(work);
    return findLot(this.memory.kit, lot ?? source ?? "") ?? null;
  }

  question(): Question | null {
    return this.state.work ? openQuestion(this.state.work, this.lot()) : null;
  }

  /** A QR code in the camera's picture: a label that stays in view counts once, also after it was recorded. */
  seen(words: string): void {
    const seconds = this.memory.kit?.site.rescan_seconds ?? RESCAN_SECONDS;
    this.#latestSight = words;
    if (!this.#repeats.isNew(this.#step(), words, seconds, Date.now())) return;
    const { code } = this.#read(words);
    const answers = this.state.work ? Object.values(answersOf(this.state.work)) : [];
    if (code && (answers.includes(code) || this.state.result?.code === code)) return;
    this.scanned(words);
  }

  /** Whatever was scanned or typed. */
  scanned(words: string): void {
    this.memory.touch();
    if (this.state.busy || this.state.place.at === "stop") return;
    const scanned = this.#read(words);
    if (scanned.kind === "badge") return this.go({ at: "pin", badge: scanned.code });
    const known = knownBy(this.memory);
    if (!this.memory.sitting) return this.refuse("scan_badge_first");
    if (!known) return this.refuse("nothing_known");
    void this.#do(meaningOf(scanned, this.state.work, known, new Date()), words);
  }

  /** A name that only the kit knows: a partner's own for a lot, a container's. */
  isKnown(words: string): boolean {
    const known = knownBy(this.memory);
    const scanned = known && this.#read(words);
    return scanned !== null && scanned.kind === "unknown" && meaningOf(scanned, null, known!, new Date()).then !== "refuse";
  }

  async #do(meaning: Meaning, words: string): Promise<void> {
    switch (meaning.then) {
      case "answer": return answer(this, meaning.value, meaning.question);
      case "command": return obey(this, meaning.command);
      case "lot": return this.go({ at: "lot", code: meaning.code });
      case "stop": return this.stop(meaning.what, meaning.values);
      case "refuse": return this.refuse(meaning.what, meaning.values, meaning.code, meaning.next);
      case "begin":
        begin(this, meaning.action);
        return answer(this, meaning.value, meaning.question);
      case "ask_server": {
        // A lot may have been made since the last kit.
        const known = await this.#refreshed();
        const again = known && meaningOf(this.#read(words), this.state.work, known, new Date());
        if (again && again.then !== "ask_server") return this.#do(again, words);
        // Without the server, a right code that this device has not heard of yet is taken: the server will judge it.
        if (meaning.question && this.memory.state.link === "away") return answer(this, meaning.code, meaning.question);
        return this.refuse(meaning.what, meaning.values, meaning.code);
      }
    }
  }

  async #refreshed(): Promise<ReturnType<typeof knownBy>> {
    this.set({ busy: true, result: null });
    await this.memory.refresh();
    this.set({ busy: false });
    return knownBy(this.memory);
  }

  refuse(what: string, values: Values = {}, code = "", next = ""): void {
    const detail = next ? { detail: text("next_step", { step: text(`step_${next}`) }), sign: signOf(next) } : {};
    const { at } = this.state.place;
    this.tell({ outcome: "refused", title: text(what, values), ...(code ? { code } : {}), ...detail });
    if (at === "typing") this.go({ at: this.state.work ? "work" : "anything", scanning: true } as Place);
  }

  stop(what: string, values: Values, told?: { row: string; what: string; remedy: string }): void {
    signal("stopped");
    this.#alert.textContent = told ? `${told.what} ${told.remedy}` : text(what, values);
    this.go({ at: "stop", what, values, ...(told ? { told } : {}) });
  }

  /** By sound, vibration, words for screen readers, and the panel. */
  tell(result: Result): void {
    signal(result.outcome satisfies Outcome);
    this.#alert.textContent = [result.title, result.code ?? "", result.detail ?? ""].filter(Boolean).join(". ");
    this.set({ result });
  }

  /** What was recorded last is still in view when the camera comes back: it must not count again. */
  recorded(): void {
    this.#repeats.isNew(this.#step(), this.#latestSight, 0, Date.now());
  }

  /** What was taken back may be scanned again at once. */
  takenBack(): void {
    this.#repeats.forget(this.#step(), this.#latestSight);
  }

  /** The server's word on a row: while its operator still stands there, its no takes the place of the ✓. */
  verdict({ event_id, verdict, what, remedy, severity }: Verdict): void {
    if (verdict !== "refused" || !this.memory.sitting) return;
    const title = what || text("refused_by_server");
    if (severity === STOPPED) {
      const code = this.memory.rows.find((row) => row.event_id === event_id)?.summary.codes[0];
      return this.stop("", code ? { lot: shownCode(code) } : {}, { row: event_id, what: title, remedy: remedy ?? "" });
    }
    this.tell({ outcome: "refused", title, refused: event_id, ...(remedy ? { detail: remedy } : {}) });
  }

  #step(): string {
    const { work, place } = this.state;
    return work ? `${work.action.name} ${this.question()}` : place.at;
  }

  #read(words: string): Scanned {
    return readCode(words, this.memory.kit?.hosts ?? [location.origin]);
  }
}
