import { expect, test, vi } from "vitest";
import { coalesce } from "./coalesce";

function setUp() {
  vi.useFakeTimers();
  let runs = 0;
  let end = () => undefined as void;
  const call = coalesce(() => {
    runs += 1;
    return new Promise<void>((resolve) => (end = resolve));
  }, 100);
  return { call, runs: () => runs, end: () => end(), wait: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

test("calls of a moment are one run", async () => {
  const { call, runs, wait } = setUp();
  call();
  await wait(60);
  call();
  await wait(60);
  expect(runs()).toBe(1);
});

test("calls during a run wait for its end, and are one more run", async () => {
  const { call, runs, end, wait } = setUp();
  call();
  await wait(100);
  call();
  call();
  await wait(1000);
  expect(runs()).toBe(1);
  end();
  await wait(100);
  expect(runs()).toBe(2);
  end();
  await wait(1000);
  expect(runs()).toBe(2);
});
