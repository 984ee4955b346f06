export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** Splits a `text/event-stream` body into events (WHATWG HTML, 9.2.6). Comments and retry fields are left out. */
export function createEventParser(onEvent: (event: ServerEvent) => void): (chunk: string) => void {
  let rest = "";
  let lastId = "";
  let event = "";
  let data: string[] = [];

  function take(line: string): void {
    if (line === "") {
      if (data.length > 0) onEvent({ id: lastId, event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      return;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "event") event = value;
    else if (name === "id") lastId = value;
  }

  return (chunk) => {
    rest += chunk;
    // A lone \r at the end may be the first half of \r\n: it waits for the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  };
}
