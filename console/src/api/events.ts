import type { QueryClient } from "@tanstack/react-query";
import { token } from "./token";

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;

/** Hears from the server what is new, and has it read again. An EventSource cannot send the token; a stream that is read can. */
export function listen(queries: QueryClient): () => void {
  const stop = new AbortController();
  void (async () => {
    let wait = FIRST_WAIT;
    while (!stop.signal.aborted) {
      try {
        const answer = await fetch("api/v1/events", { headers: { authorization: `Bearer ${token() ?? ""}`, accept: "text/event-stream" }, signal: stop.signal });
        // What is refused stays refused; without events, pages are as new as when they were opened.
        if (answer.status >= 400 && answer.status < 500) return;
        if (answer.ok && answer.body) {
          wait = FIRST_WAIT;
          await read(answer.body, (name) => tell(queries, name));
        }
      } catch {
        // The server is away: it may come back.
      }
      await new Promise((done) => setTimeout(done, wait));
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  })();
  return () => stop.abort();
}

function tell(queries: QueryClient, name: string): void {
  const jobsAlone = name === "job";
  void queries.invalidateQueries({
    predicate: ({ queryKey: [path] }) => String(path).startsWith("/api/v1/jobs") === jobsAlone || name === "missed",
  });
}

async function read(body: ReadableStream<Uint8Array<ArrayBuffer>>, heard: (name: string) => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = (lines.pop() ?? "").slice(0, 10_000);
    for (const line of lines) {
      if (line.startsWith("event:")) heard(line.slice(6).trim());
    }
  }
}
