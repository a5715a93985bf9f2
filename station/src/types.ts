// What the station and its server tell each other, and what the station keeps. Quantities are in bottles.

export type Language = "fr" | "en" | "ar";

/** A lot that stands at this site. Days are `YYYY-MM-DD`. */
export interface Lot {
  code: string;
  partner_code: string | null;
  stage: string;
  grade: string | null;
  held: boolean;
  recalled: boolean;
  quantity: number;
  /** Of these, spoken for by an order line. */
  promised: number;
  /** About how many are to come, where a lot still waits for them. */
  announced: number | null;
  model: string | null;
  color: string;
  owner: string | null;
  washed_on: string | null;
  /** Until this day quality has waived its age. */
  waived_until: string | null;
  pass_number: number;
}

export interface Model {
  code: string;
  name: Record<"fr" | "en", string>;
  picture: string;
  /** Bottles in a full crate. */
  crate: number;
  colors: string[];
  look_alikes: string[];
  pool: boolean;
  height_mm: number | null;
}

/** Why a bottle is rejected, washed again or put aside. */
export interface Cause {
  code: string;
  name: Record<"fr" | "en", string>;
  picture: string;
  stations: string[];
  aside: boolean;
}

export interface Run {
  code: string;
  program: string;
  model: string | null;
  color: string;
  started: boolean;
  on_line: number;
}

export interface Order {
  reference: string;
  winery: string;
  lines: { model: string; grade: string; left: number }[];
}

export interface Container {
  code: string;
  clean: boolean;
  lot: string | null;
}

/** What a site decides for itself. */
export interface Site {
  code: string;
  name: string;
  territory: string;
  idle_minutes: number;
  rescan_seconds: number;
  late_days: number;
  max_age_days: number;
  relabeling_required: boolean;
}

/** From which stages a step begins, with which permission; `held`: also a held lot (true), only such (null), none (false). */
export interface Step {
  stages: string[];
  held: boolean | null;
  permission: string;
}

/** All that a station must know to work without its server, as of `made_at`. */
export interface Kit {
  version: string;
  made_at: string;
  /** What our own addresses begin with, such as `https://bottles.example.org`: codes under them are ours. */
  hosts: string[];
  site: Site;
  lots: Lot[];
  /** A code that is used no more, and the code its bottles have now. */
  dead: Record<string, string>;
  models: Model[];
  causes: Cause[];
  points: { code: string; name: string }[];
  runs: Run[];
  orders: Order[];
  containers: Container[];
  /** In the plant's own order: the first that fits is what a lot needs next. */
  steps: Record<string, Step>;
}

/** What this tablet, phone or scanner was set up for. */
export interface Device {
  site: string;
  site_name: string;
  station: string;
  name: string;
}

export interface Person {
  name: string;
  language: Language;
  permissions: string[];
}

/** One person at this device, from signing in to the end. */
export interface Sitting {
  id: string;
  proof: string;
  began_at: string;
  /** null: a badge alone opened it while the server was away, so nobody here knows whose it is. */
  person: Person | null;
  badge?: string;
}

/** What people see of a row in lists: which action, on which codes, how many bottles. */
export interface Summary {
  action: string;
  codes: string[];
  quantity: number | null;
}

/** One call of a verb, kept on the device until the server lists it as stored or as waiting for a lead. */
export interface Row {
  /** A UUIDv7 made here, so that what is sent twice counts once. */
  event_id: string;
  /** The verb's path in the API, e.g. `holds`. */
  verb: string;
  input: Record<string, unknown>;
  /** The sitting it was made in. */
  sitting: string;
  happened_at: string;
  /** Whether its operator still waits for the answer: then the server may refuse it instead of keeping it for a lead. */
  live: boolean;
  state: "waiting" | "refused";
  refusal?: { what: string; remedy: string };
  summary: Summary;
}

/** What the server made of a row. */
export interface Verdict {
  event_id: string;
  verdict: "stored" | "refused" | "review" | "later";
  /** Codes of the lots that it made. */
  lot_codes?: string[];
  what?: string;
  remedy?: string;
  severity?: string;
}

/** The answer to a batch. */
export interface SyncAnswer {
  version: string;
  now: string;
  verdicts: Verdict[];
}

/** Who is there, as the server knows it. */
export interface Me {
  device: Device | null;
  sitting: Sitting | null;
  /** Who is signed in in this browser, be it without a sitting; and where they may set a device up. */
  person: Person | null;
  sites: { code: string; name: string }[];
  /** The sitting that was asked about has ended, on whatever page. */
  over: boolean;
  csrf: string;
}
