// What survives a closed browser, a power cut and a new release: the outbox, the last kit, and who is at the device.
// All of it is in IndexedDB; a change is on disk when its promise resolves (durability "strict").
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames, openDB } from "idb";
import type { Device, Kit, Row, Sitting } from "./types.ts";

/** The last kit, and the server's mark of it. */
export interface KeptKit {
  kit: Kit;
  etag: string | null;
}

/** Who is at the device, and when they last did something (milliseconds). */
export interface KeptSitting {
  sitting: Sitting;
  active: number;
}

/** Single things, by name. */
export interface Kept {
  kit: KeptKit;
  device: Device;
  sitting: KeptSitting;
  /** Which page sends, where the browser has no locks, and until when (milliseconds). */
  lease: { owner: string; until: number };
}

export interface Store {
  /** Rows that wait or were refused, oldest first. */
  rows(): Promise<Row[]>;
  /** Rows that the server has and the kit does not show yet, oldest first. */
  settled(): Promise<Row[]>;
  addRow(row: Row): Promise<void>;
  /** Changes a row, unless it is gone meanwhile. */
  changeRow(eventId: string, change: Partial<Row>): Promise<void>;
  /** Takes rows out of the outbox, all at once; the stored ones are remembered until the next kit. */
  settle(stored: string[], forgotten: string[]): Promise<void>;
  /** Keeps a kit that shows these settled rows. */
  putKit(kept: KeptKit, shown: string[]): Promise<void>;
  /** Sittings that began here without the server, by id. */
  sittings(): Promise<Sitting[]>;
  addSitting(sitting: Sitting): Promise<void>;
  forgetSittings(ids: string[]): Promise<void>;
  get<Name extends keyof Kept>(name: Name): Promise<Kept[Name] | undefined>;
  put<Name extends keyof Kept>(name: Name, value: Kept[Name]): Promise<void>;
  forget(name: keyof Kept): Promise<void>;
  /** Takes or prolongs the lease for an owner; false while another has it. */
  lease(owner: string, now: number, forMs: number): Promise<boolean>;
}

interface Schema extends DBSchema {
  rows: { key: string; value: Row };
  settled: { key: string; value: Row };
  sittings: { key: string; value: Sitting };
  kept: { key: string; value: Kept[keyof Kept] };
}

type Table = StoreNames<Schema>;
type Change = IDBPTransaction<Schema, Table[], "readwrite">;

/** The store of this browser. It is opened when it is first asked for, and anew where the browser closed it. */
export class BrowserStore implements Store {
  readonly #name: string;
  #opened: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(name = "bottletrack-station") {
    this.#name = name;
  }

  async rows(): Promise<Row[]> {
    return (await this.#database()).getAll("rows");
  }

  async settled(): Promise<Row[]> {
    return (await this.#database()).getAll("settled");
  }

  addRow(row: Row): Promise<void> {
    return this.#change(["rows"], async (change) => {
      await change.objectStore("rows").add(row);
    });
  }

  changeRow(eventId: string, altered: Partial<Row>): Promise<void> {
    return this.#change(["rows"], async (change) => {
      const row = await change.objectStore("rows").get(eventId);
      if (row) await change.objectStore("rows").put({ ...row, ...altered });
    });
  }

  settle(stored: string[], forgotten: string[]): Promise<void> {
    return this.#change(["rows", "settled"], async (change) => {
      for (const eventId of stored) {
        const row = await change.objectStore("rows").get(eventId);
        if (row) await change.objectStore("settled").put({ ...row, state: "waiting" });
      }
      for (const eventId of [...stored, ...forgotten]) await change.objectStore("rows").delete(eventId);
    });
  }

  putKit(kept: KeptKit, shown: string[]): Promise<void> {
    return this.#change(["kept", "settled"], async (change) => {
      await change.objectStore("kept").put(kept, "kit");
      for (const eventId of shown) await change.objectStore("settled").delete(eventId);
    });
  }

  async sittings(): Promise<Sitting[]> {
    return (await this.#database()).getAll("sittings");
  }

  addSitting(sitting: Sitting): Promise<void> {
    return this.#change(["sittings"], async (change) => {
      await change.objectStore("sittings").put(sitting);
    });
  }

  forgetSittings(ids: string[]): Promise<void> {
    return this.#change(["sittings"], async (change) => {
      for (const id of ids) await change.objectStore("sittings").delete(id);
    });
  }

  async get<Name extends keyof Kept>(name: Name): Promise<Kept[Name] | undefined> {
    return (await (await this.#database()).get("kept", name)) as Kept[Name] | undefined;
  }

  put<Name extends keyof Kept>(name: Name, value: Kept[Name]): Promise<void> {
    return this.#change(["kept"], async (change) => {
      await change.objectStore("kept").put(value, name);
    });
  }

  forget(name: keyof Kept): Promise<void> {
    return this.#change(["kept"], (change) => change.objectStore("kept").delete(name));
  }

  lease(owner: string, now: number, forMs: number): Promise<boolean> {
    return this.#change(["kept"], async (change) => {
      const held = (await change.objectStore("kept").get("lease")) as Kept["lease"] | undefined;
      if (held && held.owner !== owner && held.until > now) return false;
      await change.objectStore("kept").put({ owner, until: now + forMs }, "lease");
      return true;
    });
  }

  async #change<Result>(tables: Table[], work: (change: Change) => Promise<Result>): Promise<Result> {
    const change = (await this.#database()).transaction(tables, "readwrite", { durability: "strict" });
    const [result] = await Promise.all([work(change), change.done]);
    return result;
  }

  #database(): Promise<IDBPDatabase<Schema>> {
    const forget = () => void (this.#opened = null);
    this.#opened ??= openDB<Schema>(this.#name, 1, {
      upgrade(database) {
        database.createObjectStore("rows", { keyPath: "event_id" });
        database.createObjectStore("settled", { keyPath: "event_id" });
        database.createObjectStore("sittings", { keyPath: "id" });
        database.createObjectStore("kept");
      },
      // A newer release in another tab is about to change the tables.
      blocking(_now, _wanted, event) {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    }).catch((error: unknown) => {
      forget();
      throw error;
    });
    return this.#opened;
  }
}
