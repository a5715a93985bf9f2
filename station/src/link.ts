// One question to the server and its answer, whatever comes back: nothing here throws, and nothing is read blindly.
// A station's network has login pages of its own, proxies that cut answers short, and servers that are just restarting.

import { language } from "./texts.ts";

export type Answer =
  | { kind: "good"; body: unknown; etag: string | null }
  /** What was kept is still right (304). */
  | { kind: "same" }
  /** The server's own no, with its words where it had some. */
  | { kind: "refused"; status: number; what: string; remedy: string }
  /** Something answered, but not as our server does: a login page, a redirect, half an answer, a fault. */
  | { kind: "strange" }
  /** No answer in time. */
  | { kind: "away" };

export interface Question {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  /** Of what is kept already. */
  etag?: string | null;
  timeoutMs?: number;
}

export type Ask = (path: string, question?: Question) => Promise<Answer>;

const TIMEOUT_MS = 20_000;

/** Asks at a path beside this page. */
export async function ask(path: string, question: Question = {}): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language(), "X-Station": "1" };
  if (question.body !== undefined) headers["Content-Type"] = "application/json";
  if (question.etag) headers["If-None-Match"] = question.etag;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method: question.method ?? (question.body === undefined ? "GET" : "POST"),
      headers,
      ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
      // What is recorded here is nobody's to redirect, and no cache may answer for the server.
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(question.timeoutMs ?? TIMEOUT_MS),
    });
    text = await response.text();
  } catch {
    return { kind: "away" };
  }
  return understand(response, text);
}

/** What an answer means. */
export function understand(response: Pick<Response, "status" | "headers">, text: string): Answer {
  if (response.status === 304) return { kind: "same" };
  if (response.status === 204) return { kind: "good", body: null, etag: null };
  const body = read(response.headers.get("Content-Type") ?? "", text);
  if (response.status >= 400 && response.status < 500) {
    const { detail, remedy } = (body ?? {}) as { detail?: unknown; remedy?: unknown };
    return { kind: "refused", status: response.status, what: words(detail), remedy: words(remedy) };
  }
  if (body === undefined || response.status < 200 || response.status >= 300) return { kind: "strange" };
  return { kind: "good", body, etag: response.headers.get("ETag") };
}

function read(type: string, text: string): unknown {
  if (!/^application\/(\w+\+)?json\b/.test(type)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function words(value: unknown): string {
  return typeof value === "string" ? value : "";
}
