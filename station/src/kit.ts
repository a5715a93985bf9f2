// What this device knows of its site: the last kit, with what it recorded since laid over it.
import type { Kit, Lot, Row } from "./types.ts";

/** The kit as it will be once these rows are booked, oldest first. Neither the kit nor the rows are changed. */
export function layOver(kit: Kit, rows: readonly Row[]): Kit {
  const laid: Kit = {
    ...kit,
    lots: kit.lots.map((lot) => ({ ...lot })),
    runs: kit.runs.map((run) => ({ ...run })),
    orders: kit.orders.map((order) => ({ ...order, lines: order.lines.map((line) => ({ ...line })) })),
    containers: kit.containers.map((container) => ({ ...container })),
  };
  const takenBack = new Set(rows.filter((row) => row.verb === "corrections").map((row) => row.input["event_id"]));
  for (const row of rows) {
    if (row.state === "waiting" && !takenBack.has(row.event_id)) EFFECTS[row.verb]?.(laid, row.input);
  }
  return laid;
}

/** The lot that a code or a partner's own name for it means; undefined where the kit has none. */
export function findLot(kit: Kit, code: string): Lot | undefined {
  const wanted = code.toUpperCase();
  return kit.lots.find((lot) => lot.code === wanted) ?? kit.lots.find((lot) => lot.partner_code?.toUpperCase() === wanted);
}

type Input = Row["input"];

/** What each verb does to what is known, as far as a device can tell; the server does all of it. */
const EFFECTS: Record<string, (kit: Kit, input: Input) => void> = {
  collections: (kit, input) =>
    change(kit, input["lot_code"], (lot) => {
      lot.stage = "received";
      lot.quantity = number(input["counted"] ?? input["declared"]);
    }),
  "reception-counts": (kit, input) => setQuantity(kit, input),
  "stock-counts": (kit, input) => {
    // One that waits for a lead's word has changed nothing yet.
    if (!input["ask_lead"]) setQuantity(kit, input);
  },
  sortings: (kit, input) => {
    const parts = ["sorted_out", "rejects", "held_aside"].flatMap((key) => list(input[key]));
    take(kit, input["lot_code"], total(parts));
    for (const part of parts) change(kit, part["into_lot_code"], (lot) => (lot.quantity += number(part["quantity"])));
  },
  presoaks: (kit, input) => change(kit, input["lot_code"], (lot) => (lot.stage = "presoaking")),
  "presoak-ends": (kit, input) => change(kit, input["lot_code"], (lot) => (lot.stage = "sorted")),
  loadings: load,
  "refused-loadings": load,
  outputs: (kit, input) => {
    const off = number(input["passed"]) + number(input["rework"]) + number(input["broken"]) + total(list(input["rejects"]));
    for (const run of kit.runs) if (run.code === input["run_code"]) run.on_line -= off;
    change(kit, input["rework_into_lot_code"], (lot) => (lot.quantity += number(input["rework"])));
  },
  relabelings: (kit, input) => take(kit, input["lot_code"], number(input["quantity"])),
  deliveries: deliver,
  holds: (kit, input) => change(kit, input["lot_code"], (lot) => (lot.held = true)),
  breakages: (kit, input) => take(kit, input["lot_code"], number(input["quantity"])),
  "container-cleanings": (kit, input) => {
    const cleaned = input["container_codes"];
    for (const box of kit.containers) if (Array.isArray(cleaned) && cleaned.includes(box.code)) box.clean = true;
  },
};

function load(kit: Kit, input: Input): void {
  change(kit, input["lot_code"], (lot) => {
    const quantity = typeof input["quantity"] === "number" ? input["quantity"] : lot.quantity - lot.promised;
    lot.quantity -= quantity;
    for (const run of kit.runs.filter((run) => run.code === input["run_code"])) {
      run.on_line += quantity;
      run.model = lot.model;
      run.color = lot.color;
    }
  });
}

function deliver(kit: Kit, input: Input): void {
  change(kit, input["lot_code"], (lot) => {
    const quantity = number(input["quantity"]);
    lot.quantity -= quantity;
    lot.promised = Math.max(0, lot.promised - quantity);
    const order = kit.orders.find((order) => order.reference === input["order_reference"]);
    const line = order?.lines.find((line) => line.model === lot.model && line.grade === lot.grade);
    if (line) line.left -= quantity;
  });
}

function setQuantity(kit: Kit, input: Input): void {
  change(kit, input["lot_code"], (lot) => (lot.quantity = number(input["counted"])));
}

function take(kit: Kit, code: unknown, quantity: number): void {
  change(kit, code, (lot) => (lot.quantity -= quantity));
}

function change(kit: Kit, code: unknown, alter: (lot: Lot) => void): void {
  const lot = typeof code === "string" ? findLot(kit, code) : undefined;
  if (lot) alter(lot);
}

function total(parts: Input[]): number {
  return parts.reduce((sum, part) => sum + number(part["quantity"]), 0);
}

function list(value: unknown): Input[] {
  return Array.isArray(value) ? value : [];
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
