// Who stands at this device: a sitting lasts from signing in to signing out, or until nobody did anything for a while.
// The device keeps the sitting over a reload; its idle time runs also without a network.
import type { Answer, Ask } from "./link.ts";
import type { KeptSitting, Store } from "./store.ts";
import type { Device, Me, Sitting } from "./types.ts";

export type Signed =
  | { ok: true }
  /** `away`: the server was not reached. Else its own words, empty where it had none. */
  | { ok: false; away: boolean; what: string; remedy: string };

/** As a site has it before it decides otherwise: until the first kit is there. */
export const IDLE_MINUTES = 15;
const KEEP_ACTIVE_MS = 10_000;

export class Session {
  readonly #store: Store;
  readonly #ask: Ask;
  #kept: KeptSitting | null = null;
  #activeOnDisk = 0;
  device: Device | null = null;

  constructor(store: Store, ask: Ask) {
    this.#store = store;
    this.#ask = ask;
  }

  get sitting(): Sitting | null {
    return this.#kept?.sitting ?? null;
  }

  /** Takes what the store has: another tab may have signed somebody in or out. */
  async load(): Promise<void> {
    const kept = (await this.#store.get("sitting")) ?? null;
    const active = kept && kept.sitting.id === this.sitting?.id ? Math.max(kept.active, this.#kept!.active) : (kept?.active ?? 0);
    this.#kept = kept && { ...kept, active };
    this.device = (await this.#store.get("device")) ?? null;
  }

  /** Asks the server what this device is set up for. Whoever stands at one that was revoked is out, and whoever signed
      out on another page. */
  async look(): Promise<void> {
    const asked = this.sitting?.id;
    const answer = await this.#ask(asked ? `me?sitting=${asked}` : "me", { timeoutMs: 5_000 });
    const me = answer.kind === "good" ? (answer.body as Partial<Me> | null) : null;
    if (me?.device === undefined) return;
    this.device = me.device;
    await (me.device ? this.#store.put("device", me.device) : this.#store.forget("device"));
    if (me.device && !(me.over && asked === this.sitting?.id)) return;
    this.#kept = null;
    await this.#store.forget("sitting");
  }

  /** Sets this device up, by a person who is signed in by password. */
  async setUp(name: string, station: string, site?: string): Promise<Signed> {
    const answer = await this.#ask("device", { body: { name, station, ...(site === undefined ? {} : { site }) } });
    if (answer.kind !== "good") return refusalOf(answer);
    await this.look();
    return { ok: true };
  }

  async signIn(badge: string, pin: string): Promise<Signed> {
    return this.#signInWith({ badge, pin });
  }

  /** Begins a sitting for whoever is signed in by password in this browser. */
  async resume(): Promise<Signed> {
    return this.#signInWith({});
  }

  /** Without the server nobody can look at a PIN: the sitting says that it was the badge alone, and for how long. */
  async signInByBadge(badge: string): Promise<Signed> {
    const sitting: Sitting = {
      id: randomId(),
      proof: "badge_alone",
      began_at: new Date().toISOString(),
      person: null,
      badge,
    };
    await this.#store.addSitting(sitting);
    await this.#begin(sitting);
    return { ok: true };
  }

  async signOut(): Promise<void> {
    this.#kept = null;
    await this.#store.forget("sitting");
    // The server ends it by itself after the same idle time, should this not arrive.
    void this.#ask("sitting", { method: "DELETE", timeoutMs: 5_000 });
  }

  /** Somebody did something. */
  touch(now = Date.now()): void {
    if (!this.#kept) return;
    this.#kept.active = now;
    if (Math.abs(now - this.#activeOnDisk) < KEEP_ACTIVE_MS) return;
    this.#activeOnDisk = now;
    // Only the idle clock hangs on it: a store that fails shows at the next record.
    this.#store.put("sitting", this.#kept).catch(() => undefined);
  }

  /** Whether nobody did anything for so many minutes, in any tab. A clock that jumped counts as idle. */
  async isIdle(minutes: number, now = Date.now()): Promise<boolean> {
    const idle = () => this.#kept !== null && Math.abs(now - this.#kept.active) > minutes * 60_000;
    if (idle()) await this.load();
    return idle();
  }

  async #signInWith(body: object): Promise<Signed> {
    const answer = await this.#ask("sitting", { body });
    if (answer.kind !== "good") return refusalOf(answer);
    await this.#begin(answer.body as Sitting);
    return { ok: true };
  }

  async #begin(sitting: Sitting): Promise<void> {
    this.#kept = { sitting, active: Date.now() };
    this.#activeOnDisk = this.#kept.active;
    await this.#store.put("sitting", this.#kept);
  }
}

/** What stood in the way, for the person. */
function refusalOf(answer: Exclude<Answer, { kind: "good" }>): Signed {
  const words = answer.kind === "refused" ? { what: answer.what, remedy: answer.remedy } : { what: "", remedy: "" };
  return { ok: false, away: answer.kind === "away" || answer.kind === "strange", ...words };
}

/** A random UUID, also without HTTPS. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
