// What the screens are given: who is there, what this device knows, and a place to record in that loses nothing.
import { newEventId } from "./ids.ts";
import { type Judgment, judge } from "./judge.ts";
import { layOver } from "./kit.ts";
import { type Ask, ask } from "./link.ts";
import { type Lock, senderLock } from "./locks.ts";
import { type Poke, keepSending } from "./rounds.ts";
import { type Link, Sender } from "./sender.ts";
import { IDLE_MINUTES, Session, type Signed } from "./session.ts";
import { BrowserStore, type KeptKit, type Store } from "./store.ts";
import type { Device, Kit, Row, Sitting, Summary, Verdict } from "./types.ts";

export interface State {
  waiting: number;
  refused: number;
  link: Link | "unknown";
  storage: "good" | "full" | "gone";
  /** This device's clock is so far from the server's that what it records will not be believed. */
  clockWrong: boolean;
}

/** A record that is not on disk: it has to be made again. `why` is the key of a text. */
export class NotKept extends Error {
  readonly why: "not_kept_full" | "not_kept_gone" | "not_kept_nobody";

  constructor(why: NotKept["why"]) {
    super(why);
    this.why = why;
  }
}

export interface Tools {
  store: Store;
  ask: Ask;
  lock: Lock;
  release: string;
  /** When this page was opened (milliseconds). */
  since: number;
  /** To this browser's other tabs. */
  tell(news: News): void;
}

/** What tabs tell each other: something changed, for instance rows by what the server made of them. */
export interface News {
  verdicts: Verdict[];
}

const CHANGED: News = { verdicts: [] };
const CHANNEL = "bottletrack-station";
/** Less than the five minutes by which the server lets a clock run ahead, so that somebody is warned before. */
const CLOCK_MS = 4 * 60_000;
const IDLE_LOOK_MS = 5_000;
/** So long an operator may take back their own last scan; the server has the same rule. */
const UNDO_MS = 10 * 60_000;

export class Memory {
  readonly state: State = { waiting: 0, refused: 0, link: "unknown", storage: "good", clockWrong: false };
  rows: readonly Row[] = [];
  /** What was fetched, with all that was recorded here since laid over it. */
  kit: Kit | null = null;
  readonly #tools: Tools;
  readonly #session: Session;
  readonly #sender: Sender;
  #fetched: KeptKit | undefined;
  #settled: Row[] = [];
  #last: Row | null = null;
  #recorded = 0;
  #poke: Poke = async () => {};
  #changeListeners = new Set<() => void>();
  #verdictListeners = new Set<(verdict: Verdict) => void>();
  #releaseListeners = new Set<() => void>();
  #heardRelease: string;

  constructor(tools: Tools) {
    this.#tools = tools;
    this.#heardRelease = tools.release;
    this.#session = new Session(tools.store, tools.ask);
    this.#sender = new Sender({
      ...tools,
      onVerdicts: async (verdicts) => {
        await this.hear({ verdicts });
        tools.tell({ verdicts });
      },
      onServer: (release, now) => this.#hearServer(release, now),
    });
  }

  get device(): Device | null {
    return this.#session.device;
  }

  get sitting(): Sitting | null {
    return this.#session.sitting;
  }

  /** This sitting's last scan that may still be taken back. */
  get lastRow(): Row | null {
    const last = this.#last;
    const young = last !== null && Math.abs(Date.now() - Date.parse(last.happened_at)) < UNDO_MS;
    return young && last.sitting === this.sitting?.id ? last : null;
  }

  /** Reads what was kept. What was refused before the page was closed goes to a lead: nobody stands at its panel any more. */
  async open(): Promise<void> {
    await this.#guard(async () => {
      await this.#session.load();
      await this.#reload();
      await this.#endIfIdle();
      await this.#handOverAll();
      const undoable = [...this.#settled, ...this.rows].filter((row) => row.verb !== "corrections");
      this.#last = undoable.at(-1) ?? null;
    });
  }

  /** Begins to send, now and for as long as the page lives. */
  start(): void {
    const round = async (fresh: boolean) => {
      const done = await this.#sender.round(fresh);
      await this.#guard(() => this.#reload());
      return done;
    };
    this.#poke = keepSending(round, ({ link }) => {
      this.state.link = link;
      if (link === "signed_out") void this.#look();
      this.#changed();
      this.#tools.tell(CHANGED);
    });
    void this.#look();
    setInterval(() => void this.#guard(() => this.#endIfIdle()), IDLE_LOOK_MS);
  }

  /** Told after anything here changed, also by another tab. Returns how to stop it. */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /** Told what the server made of each row. */
  onVerdict(listener: (verdict: Verdict) => void): () => void {
    this.#verdictListeners.add(listener);
    return () => void this.#verdictListeners.delete(listener);
  }

  /** Told once when the server turns out to have another release than before. */
  onOtherRelease(listener: () => void): () => void {
    this.#releaseListeners.add(listener);
    return () => void this.#releaseListeners.delete(listener);
  }

  /** This tab's sender, or another tab, changed what is kept. */
  async hear({ verdicts }: News): Promise<void> {
    await this.#guard(async () => {
      await this.#session.load();
      await this.#reload();
    });
    for (const { event_id, verdict } of verdicts) {
      if (event_id === this.#last?.event_id && (verdict === "refused" || verdict === "review")) this.#last = null;
    }
    this.#changed();
    for (const verdict of verdicts) for (const listener of this.#verdictListeners) listener(verdict);
  }

  /** Keeps one call of a verb; it is on disk when this resolves. Raises NotKept. */
  async record(verb: string, input: Record<string, unknown>, summary: Summary): Promise<Row> {
    if (!this.sitting) throw new NotKept("not_kept_nobody");
    const now = Date.now();
    const row: Row = {
      event_id: newEventId(now),
      verb,
      input,
      sitting: this.sitting.id,
      happened_at: new Date(now).toISOString(),
      live: true,
      state: "waiting",
      summary,
    };
    try {
      await this.#tools.store.addRow(row);
    } catch (error) {
      this.state.storage = error instanceof DOMException && error.name === "QuotaExceededError" ? "full" : "gone";
      this.#changed();
      throw new NotKept(`not_kept_${this.state.storage}`);
    }
    this.state.storage = "good";
    this.#recorded += 1;
    this.rows = [...this.rows.filter((other) => other.event_id !== row.event_id), row];
    this.#last = verb === "corrections" ? null : row;
    this.touch();
    this.#lay();
    this.#changed();
    this.#tools.tell(CHANGED);
    void this.#poke();
    return row;
  }

  /** Takes a scan back: by a record of its own, or, where the server refused it, by forgetting it. Raises NotKept. */
  async undo(row: Row, reason: string): Promise<void> {
    const now = this.rows.find((other) => other.event_id === row.event_id);
    if (now?.state === "refused") await this.acknowledge(row.event_id);
    else await this.record("corrections", { event_id: row.event_id, reason }, { ...row.summary, action: "undo" });
  }

  /** The operator has read why a row was refused: it is forgotten. */
  async acknowledge(eventId: string): Promise<void> {
    await this.#guard(async () => {
      await this.#tools.store.settle([], [eventId]);
      await this.#reload();
    });
    this.#changed();
  }

  /** Has a refused row kept for a lead to look at. */
  async handOver(eventId: string): Promise<void> {
    await this.#guard(async () => {
      await this.#tools.store.changeRow(eventId, { state: "waiting", live: false });
      await this.#reload();
    });
    this.#changed();
    void this.#poke();
  }

  /** Whether a lot may take a step now, as far as this device knows. Raises Error without a kit. */
  judge(step: string, code: string): Judgment {
    if (!this.kit) throw new Error("nothing is known yet");
    return judge(step, code, this.kit, this.sitting?.person?.permissions ?? null, new Date());
  }

  /** Sends what waits and fetches the kit; resolves when that is done, or could not be. */
  refresh(): Promise<void> {
    return this.#poke(true);
  }

  /** Somebody did something. */
  touch(): void {
    this.#session.touch();
  }

  /** Sets this device up, by a person who is signed in by password. */
  setUp(name: string, station: string, site?: string): Promise<Signed> {
    return this.#sign(() => this.#session.setUp(name, station, site));
  }

  signIn(badge: string, pin: string): Promise<Signed> {
    return this.#sign(() => this.#session.signIn(badge, pin));
  }

  /** Begins a sitting for whoever is signed in by password in this browser. */
  resume(): Promise<Signed> {
    return this.#sign(() => this.#session.resume());
  }

  /** Only while the server is away: nobody can look at a PIN. */
  signInByBadge(badge: string): Promise<Signed> {
    return this.#sign(() => this.#session.signInByBadge(badge));
  }

  async signOut(): Promise<void> {
    await this.#guard(async () => {
      await this.#session.signOut();
      await this.#handOverAll();
    });
    this.#changed();
    this.#tools.tell(CHANGED);
  }

  async #sign(how: () => Promise<Signed>): Promise<Signed> {
    const before = this.sitting?.id;
    let signed: Signed = { ok: false, away: false, what: "", remedy: "" };
    await this.#guard(async () => {
      signed = await how();
    });
    if (signed.ok) {
      if (before !== this.sitting?.id) await this.#handOverAll();
      this.#changed();
      this.#tools.tell(CHANGED);
      void this.refresh();
    }
    return signed;
  }

  async #look(): Promise<void> {
    await this.#guard(() => this.#session.look());
    this.#changed();
  }

  async #endIfIdle(): Promise<void> {
    if (await this.#session.isIdle(this.kit?.site.idle_minutes ?? IDLE_MINUTES)) await this.signOut();
  }

  async #handOverAll(): Promise<void> {
    for (const row of this.rows) if (row.state === "refused") await this.handOver(row.event_id);
  }

  #hearServer(release: string, now: Date): void {
    this.state.clockWrong = Math.abs(now.getTime() - Date.now()) > CLOCK_MS;
    if (release === this.#heardRelease) return;
    this.#heardRelease = release;
    for (const listener of this.#releaseListeners) listener();
  }

  async #reload(): Promise<void> {
    const { store } = this.#tools;
    let recorded: number;
    do {
      recorded = this.#recorded;
      [this.rows, this.#settled, this.#fetched] = await Promise.all([store.rows(), store.settled(), store.get("kit")]);
      // What was recorded meanwhile may be on disk later than these were read.
    } while (recorded !== this.#recorded);
    this.state.storage = "good";
    this.#lay();
  }

  #lay(): void {
    const waiting = this.rows.filter((row) => row.state === "waiting");
    this.state.waiting = waiting.length;
    this.state.refused = this.rows.length - waiting.length;
    this.kit = this.#fetched ? layOver(this.#fetched.kit, [...this.#settled, ...waiting]) : null;
  }

  #changed(): void {
    for (const listener of this.#changeListeners) listener();
  }

  /** What reads the store in the background shows a lost one instead of failing. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      console.warn("the store does not answer", error);
      this.state.storage = "gone";
      this.#changed();
    }
  }
}

/** This browser's memory, sending from now on. */
export async function openMemory(release: string): Promise<Memory> {
  const store = new BrowserStore();
  const channel = new BroadcastChannel(CHANNEL);
  const tell = (news: News) => channel.postMessage(news);
  const memory = new Memory({ store, ask, release, since: Date.now(), lock: senderLock(store), tell });
  channel.addEventListener("message", ({ data }: MessageEvent<News>) => void memory.hear(data));
  // So that the browser throws nothing away when the device runs full.
  void navigator.storage?.persist?.();
  await memory.open();
  memory.start();
  addEventListener("online", () => void memory.refresh());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void memory.refresh());
  return memory;
}
