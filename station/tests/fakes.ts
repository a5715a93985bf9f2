// What tests put in place of the browser's store and of the server.
import type { Answer, Ask, Question } from "../src/link.ts";
import type { Kept, KeptKit, Store } from "../src/store.ts";
import type { Kit, Lot, Row, Sitting, Verdict } from "../src/types.ts";

/** A store in memory. `broken`: what its next changes fail with, as a full disk does. */
export class FakeStore implements Store {
  outbox = new Map<string, Row>();
  done = new Map<string, Row>();
  begun = new Map<string, Sitting>();
  kept = new Map<string, unknown>();
  broken: Error | null = null;

  async rows(): Promise<Row[]> {
    return sorted(this.outbox);
  }
  async settled(): Promise<Row[]> {
    return sorted(this.done);
  }
  async addRow(row: Row): Promise<void> {
    this.#write();
    this.outbox.set(row.event_id, structuredClone(row));
  }
  async changeRow(eventId: string, change: Partial<Row>): Promise<void> {
    this.#write();
    const row = this.outbox.get(eventId);
    if (row) this.outbox.set(eventId, { ...row, ...change });
  }
  async settle(stored: string[], forgotten: string[]): Promise<void> {
    this.#write();
    for (const id of stored) this.done.set(id, this.outbox.get(id)!);
    for (const id of [...stored, ...forgotten]) this.outbox.delete(id);
  }
  async putKit(kept: KeptKit, shown: string[]): Promise<void> {
    this.#write();
    this.kept.set("kit", kept);
    for (const id of shown) this.done.delete(id);
  }
  async sittings(): Promise<Sitting[]> {
    return [...this.begun.values()];
  }
  async addSitting(sitting: Sitting): Promise<void> {
    this.#write();
    this.begun.set(sitting.id, sitting);
  }
  async forgetSittings(ids: string[]): Promise<void> {
    for (const id of ids) this.begun.delete(id);
  }
  async get<Name extends keyof Kept>(name: Name): Promise<Kept[Name] | undefined> {
    return this.kept.get(name) as Kept[Name] | undefined;
  }
  async put<Name extends keyof Kept>(name: Name, value: Kept[Name]): Promise<void> {
    this.#write();
    this.kept.set(name, value);
  }
  async forget(name: keyof Kept): Promise<void> {
    this.#write();
    this.kept.delete(name);
  }
  async lease(owner: string, now: number, forMs: number): Promise<boolean> {
    const held = this.kept.get("lease") as Kept["lease"] | undefined;
    if (held && held.owner !== owner && held.until > now) return false;
    this.kept.set("lease", { owner, until: now + forMs });
    return true;
  }
  #write(): void {
    if (this.broken) throw this.broken;
  }
}

interface Sent {
  client: string;
  more: boolean;
  sittings: { id: string; badge: string; began_at: string }[];
  rows: (Pick<Row, "event_id" | "verb" | "input" | "sitting" | "happened_at"> & { live: boolean })[];
}

/** A server that stores what it is sent, once each, unless it is told otherwise. */
export class FakeServer {
  stored: string[] = [];
  batches: Sent[] = [];
  asked: [path: string, question: Question][] = [];
  kit: Kit = kitOf();
  release = "r1";
  /** What it says of a row instead of storing it. */
  says = new Map<string, Omit<Verdict, "event_id">>();
  /** What comes back instead of its answers, one after the other; "lost": it stores, and the answer is lost. */
  instead: (Answer | "lost")[] = [];

  readonly ask: Ask = async (path, question = {}) => {
    this.asked.push([path, question]);
    const instead = this.instead.shift();
    if (instead && instead !== "lost") return instead;
    const answer = this.#answer(path, question);
    return instead === "lost" ? { kind: "away" } : answer;
  };

  #answer(path: string, question: Question): Answer {
    if (path === "data") return question.etag === this.kit.version ? { kind: "same" } : good(this.kit, this.kit.version);
    if (path.startsWith("me")) return good({ device: DEVICE, sitting: null, over: false, csrf: "" });
    if (path === "sitting") return good(question.body ? SITTING : null);
    const batch = question.body as Sent;
    this.batches.push(structuredClone(batch));
    return good({ version: this.release, now: "2026-05-04T08:00:00Z", verdicts: batch.rows.map((row) => this.#verdict(row)) });
  }

  #verdict(row: Sent["rows"][number]): Verdict {
    const says = this.says.get(row.event_id) ?? { verdict: "stored" };
    // As the real one: a no is only for somebody who waits for it.
    if (says.verdict === "refused" && !row.live) return { event_id: row.event_id, verdict: "review" };
    if (says.verdict === "stored" && !this.stored.includes(row.event_id)) this.stored.push(row.event_id);
    return { event_id: row.event_id, ...says };
  }
}

export const DEVICE = { site: "LONS", site_name: "Lons", station: "washing", name: "Tablette lavage" };
export const SITTING: Sitting = {
  id: "5e55",
  proof: "badge_and_pin",
  began_at: "2026-05-04T06:00:00Z",
  person: { name: "Nadia", language: "fr", permissions: ["wash", "hold", "break"] },
};

export function good(body: unknown, etag: string | null = null): Answer {
  return { kind: "good", body: structuredClone(body), etag };
}

export function rowOf(eventId: string, verb = "holds", input: Record<string, unknown> = {}): Row {
  return {
    event_id: eventId,
    verb,
    input,
    sitting: "5e55",
    happened_at: new Date().toISOString(),
    live: true,
    state: "waiting",
    summary: { action: "hold", codes: [], quantity: null },
  };
}

export function lotOf(change: Partial<Lot> = {}): Lot {
  return {
    code: "7K3M29QC", partner_code: null, stage: "sorted", grade: null, held: false, recalled: false, quantity: 240,
    promised: 0, announced: null, model: "JURA_75", color: "", owner: null, washed_on: null, waived_until: null, pass_number: 1, ...change,
  };
}

export function kitOf(lots: Lot[] = [lotOf()]): Kit {
  const site = {
    code: "LONS", name: "Lons", territory: "JURA", idle_minutes: 5, rescan_seconds: 10, late_days: 7, max_age_days: 30,
    relabeling_required: true,
  };
  return {
    version: "k1", made_at: "2026-05-04T06:00:00Z", hosts: ["bottles.example"], site, lots, dead: { D34DC0DE: "7K3M29QC" },
    models: [], causes: [], points: [],
    runs: [{ code: "W1", program: "wash", model: null, color: "", started: false, on_line: 0 }],
    orders: [{ reference: "O-1", winery: "Arbois", lines: [{ model: "JURA_75", grade: "A", left: 600 }] }],
    containers: [{ code: "PAL-1", clean: false, lot: null }],
    steps: {
      sort: { stages: ["received"], held: false, permission: "sort" },
      load: { stages: ["sorted", "rework"], held: false, permission: "wash" },
      presoak: { stages: ["sorted"], held: false, permission: "wash" },
      relabel: { stages: ["released"], held: false, permission: "relabel" },
      deliver: { stages: ["released", "relabeled"], held: false, permission: "deliver" },
      lift_hold: { stages: ["sorted"], held: null, permission: "lift_hold" },
      break: { stages: ["sorted", "released"], held: true, permission: "break" },
    },
  };
}

function sorted(rows: Map<string, Row>): Row[] {
  return [...rows.keys()].sort().map((id) => structuredClone(rows.get(id)!));
}
