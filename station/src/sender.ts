// Brings the outbox to the server: one round sends all that waits, then fetches the kit anew.
// A row leaves the device only when the server lists it as stored, or as waiting for a lead; whatever else comes back,
// it stays and is sent again. The server counts each id once, so sending twice does no harm and not sending would.
import type { Answer, Ask } from "./link.ts";
import type { Lock } from "./locks.ts";
import type { Store } from "./store.ts";
import type { Kit, Row, SyncAnswer, Verdict } from "./types.ts";

/** How the last round went: "signed_out": the server does not take this device's key; "trouble": it answers strangely. */
export type Link = "good" | "away" | "trouble" | "signed_out";

export interface Round {
  link: Link;
  /** Some rows still wait. */
  left: boolean;
}

export interface Tools {
  store: Store;
  ask: Ask;
  lock: Lock;
  /** This client's release. */
  release: string;
  /** When this page was opened (milliseconds): nobody waits for the answer to what was recorded before. */
  since: number;
  /** Told what the server made of some rows, once that is on disk. */
  onVerdicts(verdicts: Verdict[]): Promise<void>;
  /** Told which release the server has, and what its clock says. */
  onServer(release: string, now: Date): void;
}

export const MOST_ROWS = 100;
/** Under the server's own limit of 1 MB, with room for what stands around the rows. */
const MOST_BYTES = 900_000;
/** So long an operator waits at the panel for the server's no; later a lead has to know of it. */
export const LIVE_MS = 15_000;
const KIT_EVERY_MS = 180_000;
/** The batch as a whole is too much for somebody on the way, or one of its rows is. */
const TOO_MUCH = [400, 413, 422];

export class Sender {
  readonly #tools: Tools;
  #limit = MOST_ROWS;
  #kitAt = -Infinity;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Sends what waits, then sees to the kit. Never throws: what went wrong stands in the answer. */
  async round(freshKit = false): Promise<Round> {
    let link: Link = "trouble";
    let left = true;
    try {
      await this.#tools.lock(async () => {
        const { reached, changed } = await this.#sendAll();
        link = reached ?? "good";
        if (link === "good") await this.#forgetSittings();
        if (link === "good" && (freshKit || changed || Date.now() - this.#kitAt > KIT_EVERY_MS)) link = await this.#fetchKit();
      });
      left = (await this.#tools.store.rows()).some((row) => row.state === "waiting");
    } catch (error) {
      // The store is gone or full: memory.ts says so where it matters, at the next record.
      console.warn("a round of sending failed", error);
    }
    return { link, left };
  }

  /** `reached`: why it ended early. `changed`: whether the server took anything. */
  async #sendAll(): Promise<{ reached: Link | null; changed: boolean }> {
    const tried = new Set<string>();
    let changed = false;
    for (;;) {
      const waiting = (await this.#tools.store.rows()).filter((row) => row.state === "waiting" && !tried.has(row.event_id));
      const batch = firstOf(waiting, this.#limit);
      if (batch.length === 0) return { reached: null, changed };
      const live = new Set(batch.filter((row) => isLive(row, this.#tools.since)).map((row) => row.event_id));
      const answer = await this.#tools.ask("sync", { body: await this.#bodyOf(batch, live, waiting.length > batch.length) });
      if (answer.kind === "refused" && TOO_MUCH.includes(answer.status)) {
        // Less at once, down to the one row that must wait alone, so that it holds up no other.
        if (batch.length === 1) tried.add(batch[0]!.event_id);
        this.#limit = Math.max(1, Math.floor(batch.length / 2));
        continue;
      }
      const sync = answer.kind === "good" ? readSync(answer.body) : null;
      if (!sync) return { reached: linkOf(answer), changed };
      this.#limit = Math.min(MOST_ROWS, this.#limit * 2);
      for (const row of batch) tried.add(row.event_id);
      changed = (await this.#take(sync, batch, live)) || changed;
    }
  }

  /** `more`: others come after these, with which a row that the server has to refuse now may become possible. */
  async #bodyOf(batch: Row[], live: Set<string>, more: boolean): Promise<unknown> {
    const made = new Set(batch.map((row) => row.sitting));
    const sittings = (await this.#tools.store.sittings()).filter((sitting) => made.has(sitting.id));
    return {
      client: this.#tools.release,
      more,
      sittings: sittings.map(({ id, badge, began_at }) => ({ id, badge, began_at })),
      rows: batch.map((row) => ({
        event_id: row.event_id,
        verb: row.verb,
        input: row.input,
        sitting: row.sitting,
        happened_at: row.happened_at,
        live: live.has(row.event_id),
      })),
    };
  }

  /** Does with each row what the server says of it; true when it took any. What it does not name stays. */
  async #take(sync: SyncAnswer, batch: Row[], live: Set<string>): Promise<boolean> {
    const { store } = this.#tools;
    const sent = new Set(batch.map((row) => row.event_id));
    // Only to a row whose operator waits is a no of any use: any other row stays until a lead has it.
    const serves = ({ event_id, verdict }: Verdict) => sent.has(event_id) && (verdict !== "refused" || live.has(event_id));
    const verdicts = sync.verdicts.filter(serves);
    const ids = (word: Verdict["verdict"]) => verdicts.filter((v) => v.verdict === word).map((v) => v.event_id);
    await store.settle(ids("stored"), ids("review"));
    for (const { event_id, verdict, what = "", remedy = "" } of verdicts) {
      if (verdict === "refused") await store.changeRow(event_id, { state: "refused", refusal: { what, remedy } });
    }
    this.#tools.onServer(sync.version, new Date(sync.now));
    await this.#tools.onVerdicts(verdicts);
    return ids("stored").length > 0;
  }

  /** A badge's token stays on the device no longer than a row needs it. */
  async #forgetSittings(): Promise<void> {
    const { store } = this.#tools;
    const current = (await store.get("sitting"))?.sitting.id;
    const needed = new Set([current, ...(await store.rows()).map((row) => row.sitting)]);
    const over = (await store.sittings()).filter((sitting) => !needed.has(sitting.id)).map((sitting) => sitting.id);
    if (over.length > 0) await store.forgetSittings(over);
  }

  async #fetchKit(): Promise<Link> {
    const { store, ask } = this.#tools;
    // Nobody else sends while this page has the lock: so all of these are in the kit that comes now.
    const shown = (await store.settled()).map((row) => row.event_id);
    const kept = await store.get("kit");
    const answer = await ask("data", { etag: kept?.etag ?? null });
    const kit = answer.kind === "good" ? readKit(answer.body) : null;
    if (kit && answer.kind === "good") await store.putKit({ kit, etag: answer.etag }, shown);
    else if (answer.kind === "same" && kept) await store.putKit(kept, shown);
    else return linkOf(answer);
    this.#kitAt = Date.now();
    return "good";
  }
}

/** The rows that go together: so many, and so large, but always one. */
function firstOf(rows: Row[], most: number): Row[] {
  const batch: Row[] = [];
  let bytes = 0;
  for (const row of rows.slice(0, most)) {
    bytes += new TextEncoder().encode(JSON.stringify(row)).length;
    if (batch.length > 0 && bytes > MOST_BYTES) break;
    batch.push(row);
  }
  return batch;
}

function isLive(row: Row, since: number): boolean {
  const at = Date.parse(row.happened_at);
  return row.live && at >= since && Math.abs(Date.now() - at) < LIVE_MS;
}

function linkOf(answer: Answer): Link {
  if (answer.kind === "away") return "away";
  return answer.kind === "refused" && (answer.status === 401 || answer.status === 403) ? "signed_out" : "trouble";
}

function readSync(body: unknown): SyncAnswer | null {
  const { version, now, verdicts } = (body ?? {}) as Partial<SyncAnswer>;
  if (typeof version !== "string" || typeof now !== "string" || !Array.isArray(verdicts)) return null;
  return { version, now, verdicts: verdicts.filter((verdict) => typeof verdict?.event_id === "string") };
}

function readKit(body: unknown): Kit | null {
  const kit = (body ?? {}) as Partial<Kit>;
  const whole = typeof kit.site === "object" && Array.isArray(kit.lots) && typeof kit.steps === "object";
  return whole ? (kit as Kit) : null;
}
