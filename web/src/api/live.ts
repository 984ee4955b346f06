import { callHeaders } from "./client";
import { createEventParser } from "./sse";

export interface Fact {
  /** "contact.changed" */
  type: string;
  /** The record's. */
  id: string;
  version: number | null;
  actor_id: string | null;
  operation_id: string | null;
}

export type LiveState = "connecting" | "open" | "lost";

interface LiveHandlers {
  onFact: (fact: Fact) => void;
  /** The gap is too long to be told fact by fact: everything on screen is to be read again. */
  onReset: () => void;
  onState: (state: LiveState) => void;
}

const MAX_BACKOFF_MS = 15_000;
/** The server sends a comment at least this often; silence means that the line is dead. */
const SILENCE_MS = 45_000;

/**
 * Follows /api/v1/stream until the returned function is called. Fetch, not EventSource: the token travels in a header.
 * Reconnects with back-off and `Last-Event-ID`, at once when the browser says that it is online again.
 */
export function followStream({ onFact, onReset, onState }: LiveHandlers): () => void {
  const stop = new AbortController();
  let lastId: string | null = null;
  let failures = 0;

  const parse = () =>
    createEventParser((event) => {
      lastId = event.id || lastId;
      if (event.event === "reset") onReset();
      else onFact(JSON.parse(event.data) as Fact);
    });

  async function connect(): Promise<void> {
    const line = new AbortController();
    const signal = AbortSignal.any([stop.signal, line.signal]);
    let silence = setTimeout(() => line.abort(), SILENCE_MS);
    try {
      const headers = {
        ...(await callHeaders()),
        Accept: "text/event-stream",
        ...(lastId && { "Last-Event-ID": lastId }),
      };
      const response = await fetch("/api/v1/stream", { headers, signal, cache: "no-store" });
      if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
      onState("open");
      // Without a position the server can't fill the gap between the page's reads and this moment.
      if (failures > 0 && lastId === null) onReset();
      failures = 0;
      const take = parse();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(() => line.abort(), SILENCE_MS);
        take(value);
      }
    } finally {
      clearTimeout(silence);
    }
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      await connect().catch(() => undefined);
      if (stop.signal.aborted) return;
      failures += 1;
      onState("lost");
      await pause(Math.min(500 * 2 ** (failures - 1), MAX_BACKOFF_MS) * (0.75 + Math.random() / 2), stop.signal);
    }
  }

  onState("connecting");
  void run();
  return () => stop.abort();
}

/** Ends early when the browser is online again or `signal` is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
