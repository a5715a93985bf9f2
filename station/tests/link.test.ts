// What comes back is understood only where it is what our server says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, understand } from "../src/link.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

const understood = (status: number, type: string, text: string) =>
  understand({ status, headers: new Headers(type ? { "Content-Type": type } : {}) }, text);

test("our server's answers", () => {
  assert.deepEqual(understood(200, "application/json", '{"a": 1}'), { kind: "good", body: { a: 1 }, etag: null });
  assert.deepEqual(understood(204, "", ""), { kind: "good", body: null, etag: null });
  assert.deepEqual(understood(304, "", ""), { kind: "same" });
  const problem = '{"detail": "Not this PIN.", "remedy": "Try again."}';
  const refused = { kind: "refused", status: 422, what: "Not this PIN.", remedy: "Try again." };
  assert.deepEqual(understood(422, "application/problem+json; charset=utf-8", problem), refused);
});

test("other answers are never read as ours", () => {
  const login = "<!doctype html><form>Who are you?</form>";
  assert.deepEqual(understood(200, "text/html", login), { kind: "strange" });
  assert.deepEqual(understood(200, "application/json", login), { kind: "strange" });
  assert.deepEqual(understood(200, "application/json", '{"verdicts": [{"event'), { kind: "strange" });
  assert.deepEqual(understood(502, "application/json", "{}"), { kind: "strange" });
  assert.deepEqual(understood(0, "", ""), { kind: "strange" }, "a redirect, which is not followed");
  assert.deepEqual(understood(403, "text/html", login), { kind: "refused", status: 403, what: "", remedy: "" });
});

test("a question names itself as the station's, is not redirected, and ends in time", async (context: { mock: any }) => {
  const seen: [path: string, init: RequestInit][] = [];
  context.mock.method(globalThis, "fetch", async (path: string, init: RequestInit) => {
    seen.push([path, init]);
    return new Response("{}", { headers: { ...JSON_TYPE, ETag: '"k2"' } });
  });
  assert.deepEqual(await ask("data", { etag: '"k1"' }), { kind: "good", body: {}, etag: '"k2"' });
  assert.deepEqual((await ask("sync", { body: { rows: [] } })).kind, "good");
  assert.deepEqual(seen.map(([path, { method }]) => [path, method]), [["data", "GET"], ["sync", "POST"]]);
  assert.deepEqual(seen[0]![1].headers, { Accept: "application/json", "Accept-Language": "fr", "X-Station": "1", "If-None-Match": '"k1"' });
  assert.deepEqual([seen[1]![1].redirect, seen[1]![1].cache, seen[1]![1].body], ["manual", "no-store", '{"rows":[]}']);
});

test("no answer, half an answer, or one that takes too long", async (context: { mock: any }) => {
  const broken = new Response(new ReadableStream({ pull: (stream) => stream.error(new Error("cut")) }), { headers: JSON_TYPE });
  const answers = [
    () => Promise.reject(new TypeError("no network")),
    () => Promise.resolve(broken),
    ({ signal }: RequestInit) => new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason))),
  ];
  context.mock.method(globalThis, "fetch", (_: string, init: RequestInit) => answers.shift()!(init));
  // Keeps Node.js awake: its own clock of a request does not.
  const awake = setInterval(() => {}, 10);
  for (let index = 0; index < 3; index++) assert.deepEqual(await ask("me", { timeoutMs: 20 }), { kind: "away" });
  clearInterval(awake);
});
