import { describe, expect, test, vi } from "vitest";
import { type Action, createKeyHandler } from "./actions";

function setUp() {
  const run = { palette: vi.fn(), people: vi.fn(), help: vi.fn(), off: vi.fn() };
  const actions: Action[] = [
    { id: "palette", label: "Palette", section: "App", keys: "Mod+K", run: run.palette },
    { id: "people", label: "People", section: "Go to", keys: "G P", run: run.people },
    { id: "help", label: "Help", section: "App", keys: "?", run: run.help },
    { id: "off", label: "Off", section: "App", keys: "X", disabledReason: "Not now.", run: run.off },
  ];
  const handle = createKeyHandler(() => actions);
  const target = document.body.appendChild(document.createElement("div"));
  const press = (key: string, init: KeyboardEventInit = {}, on: Element = target) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
    on.addEventListener("keydown", (heard) => handle(heard as KeyboardEvent), { once: true });
    on.dispatchEvent(event);
    return event;
  };
  return { run, press };
}

describe("shortcuts", () => {
  test("one chord, and one key after the other", () => {
    const { run, press } = setUp();
    expect(press("k", { ctrlKey: true }).defaultPrevented).toBe(true);
    expect(run.palette).toHaveBeenCalledOnce();
    press("g");
    press("p");
    expect(run.people).toHaveBeenCalledOnce();
    press("?", { shiftKey: true });
    expect(run.help).toHaveBeenCalledOnce();
  });

  test("letters are text where somebody writes; chords still work", () => {
    const { run, press } = setUp();
    const input = document.body.appendChild(document.createElement("input"));
    press("?", {}, input);
    expect(run.help).not.toHaveBeenCalled();
    press("k", { metaKey: true }, input);
    expect(run.palette).toHaveBeenCalledOnce();
  });

  test("what is refused does not run", () => {
    const { run, press } = setUp();
    press("x");
    expect(run.off).not.toHaveBeenCalled();
  });
});
