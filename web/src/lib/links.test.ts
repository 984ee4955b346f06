import { expect, test } from "vitest";
import { isSafeLink } from "./links";

test.each(["https://example.org", "mailto:ada@example.org", "tel:+4930123"])("%s may be pressed", (url) => {
  expect(isSafeLink(url)).toBe(true);
});

test.each([
  "javascript:alert(1)",
  " JavaScript:alert(1)",
  "data:text/html,<script>",
  "java\nscript:alert(1)",
  "example",
])("%s is text", (url) => {
  expect(isSafeLink(url)).toBe(false);
});
