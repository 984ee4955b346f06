import AxeBuilder from "@axe-core/playwright";
import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  expect,
  type Page,
  test as base,
} from "@playwright/test";

export interface Account {
  email: string;
  password: string;
  /** What auth-js keeps of a sign-in. */
  session: { access_token: string; user: { id: string } };
}

export interface Person {
  id: string;
  version: number;
  name: string;
}

const PASSWORD = "five quiet winter mornings";
let made = 0;

/** Somebody new, with a workspace of their own. */
export async function signUp(request: APIRequestContext, name = "Mia Berg"): Promise<Account> {
  const email = `e2e-${Date.now()}-${(made += 1)}@example.org`;
  const answer = await request.post("/auth/v1/signup", { data: { email, password: PASSWORD, data: { name } } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return { email, password: PASSWORD, session: await answer.json() };
}

/** A browser of its own in which the account is signed in. */
export async function browserOf(browser: Browser, account: Account, options = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  await context.addInitScript((session) => {
    if (!localStorage.getItem("crm.session")) localStorage.setItem("crm.session", session);
  }, JSON.stringify(account.session));
  return context;
}

export class Api {
  constructor(
    private readonly request: APIRequestContext,
    private readonly account: Account,
  ) {}

  async call<T>(method: string, path: string, data?: object): Promise<T> {
    const headers = { Authorization: `Bearer ${this.account.session.access_token}` };
    const answer = await this.request.fetch(`/api/v1${path}`, { method, headers, data });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return (answer.status() === 204 ? null : await answer.json()) as T;
  }

  createContact(fields: object): Promise<Person> {
    return this.call("POST", "/contacts", fields);
  }

  async createContacts(count: number): Promise<Person[]> {
    const people: Person[] = [];
    for (let n = 0; n < count; n += 1) {
      const fields = {
        first_name: "Person",
        last_name: `Number${String(n).padStart(3, "0")}`,
        emails: [{ value: `p${n}@example.org` }],
      };
      people.push(await this.createContact(fields));
    }
    return people;
  }
}

interface Fixtures {
  account: Account;
  api: Api;
  /** Signed in. */
  page: Page;
  /** Fails where WCAG 2.2 AA is broken, as far as axe can tell. */
  checkA11y: (page: Page) => Promise<void>;
}

export const test = base.extend<Fixtures>({
  account: async ({ request }, use) => use(await signUp(request)),
  api: async ({ request, account }, use) => use(new Api(request, account)),
  page: async ({ browser, account, contextOptions }, use) => {
    const context = await browserOf(browser, account, contextOptions);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await use(page);
    expect(errors, "errors thrown in the page").toEqual([]);
    await context.close();
  },
  checkA11y: async ({}, use) => use(checkA11y),
});

/** What fades in or out has not its colours for a moment, so a finding counts when it stays. */
export async function checkA11y(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  await expect(async () => {
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`),
    );
    expect(found).toEqual([]);
  }).toPass({ timeout: 5_000 });
}

export { expect };
