// The contract as a page to read and try. No framework and nothing inline, so that the page keeps the strictest CSP.

const METHODS = ["get", "post", "put", "patch", "delete"];
const byId = (id) => document.getElementById(id);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A summary made from a function's name says less than the first sentence of its description.
const titleOf = ({ summary = "", description = "" }) => (summary.includes(" ") ? summary : description.split(/[.:] /)[0] || summary);

const groupOf = (path) => path.split("/")[3] ?? "other";

function resolve(schema, document, depth = 0) {
  const target = schema?.$ref?.split("/").slice(1).reduce((part, name) => part[name], document) ?? schema;
  return depth > 8 ? {} : target;
}

// A value that fits the schema, to begin from: required members, or all of them where none is.
function example(schema, document, depth = 0) {
  const found = resolve(schema, document, depth) ?? {};
  const chosen = found.oneOf?.[0] ?? found.anyOf?.[0];
  if (found.default !== undefined) return found.default;
  if (found.enum) return found.enum[0];
  if (chosen) return example(chosen, document, depth + 1);
  const type = Array.isArray(found.type) ? found.type[0] : found.type;
  if (type === "object" || found.properties) {
    const names = found.required ?? Object.keys(found.properties ?? {});
    return Object.fromEntries(names.map((name) => [name, example(found.properties?.[name], document, depth + 1)]));
  }
  if (type === "array") return depth > 3 ? [] : [example(found.items, document, depth + 1)];
  return { string: "", integer: 0, number: 0, boolean: false }[type] ?? null;
}

function jsonSchema(operation, document) {
  const content = resolve(operation.requestBody, document)?.content ?? {};
  return content["application/json"]?.schema;
}

function parametersOf(item, operation, document) {
  return [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((each) => resolve(each, document));
}

function field(parameter) {
  const input = element("input", { placeholder: parameter.schema?.default ?? "" });
  if (parameter.required) input.required = true;
  const text = `${parameter.name} (${parameter.in}${parameter.required ? ", needed" : ""})`;
  const label = element("label", { title: parameter.description ?? "" }, text, input);
  return { parameter, input, label };
}

function address(path, fields) {
  let target = path;
  const query = new URLSearchParams();
  for (const { parameter, input } of fields) {
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    if (parameter.in === "query" && input.value) query.append(parameter.name, input.value);
  }
  return query.size ? `${target}?${query}` : target;
}

function headersOf(fields, body) {
  const headers = new Headers();
  if (byId("token").value) headers.set("Authorization", `Bearer ${byId("token").value}`);
  if (byId("workspace").value) headers.set("X-Workspace-Id", byId("workspace").value);
  if (body !== undefined) headers.set("Content-Type", "application/json");
  for (const { parameter, input } of fields) {
    if (parameter.in === "header" && input.value) headers.set(parameter.name, input.value);
  }
  return headers;
}

async function send(method, path, fields, editor, output) {
  const body = editor?.value || undefined;
  output.textContent = "…";
  try {
    const answer = await fetch(address(path, fields), { method, body, headers: headersOf(fields, body) });
    const head = [`${answer.status} ${answer.statusText}`, ...[...answer.headers].map(([name, value]) => `${name}: ${value}`)];
    output.textContent = `${head.join("\n")}\n\n${pretty(await answer.text())}`;
  } catch (error) {
    output.textContent = `No answer: ${error.message}`;
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function contents(method, path, item, operation, document) {
  const fields = parametersOf(item, operation, document).map(field);
  const schema = jsonSchema(operation, document);
  const editor = schema ? element("textarea", { "aria-label": "Body", spellcheck: "false" }) : undefined;
  if (editor) editor.value = JSON.stringify(example(schema, document), null, 2);
  const output = element("pre", { "aria-live": "polite", hidden: "" });
  const onclick = () => {
    output.hidden = false;
    void send(method.toUpperCase(), path, fields, editor, output);
  };
  return element(
    "div",
    { class: "body" },
    element("div", {}, operation.description ?? titleOf(operation)),
    element("div", { class: "parameters" }, ...fields.map((each) => each.label)),
    ...(editor ? [editor] : []),
    element("button", { type: "button", onclick }, "Send"),
    output,
  );
}

function operationView(method, path, item, operation, document) {
  const summary = element(
    "summary",
    {},
    element("b", { class: "method" }, method.toUpperCase()),
    element("code", {}, path),
    element("span", {}, titleOf(operation)),
  );
  const view = element("details", { "data-text": `${method} ${path} ${titleOf(operation)}`.toLowerCase() }, summary);
  // What is inside is made when it is first opened: a hundred forms at once would take a moment.
  view.addEventListener("toggle", () => view.append(contents(method, path, item, operation, document)), { once: true });
  return view;
}

function show(document) {
  byId("intro").textContent = document.info.description;
  const groups = new Map();
  for (const [path, item] of Object.entries(document.paths).sort()) {
    const views = METHODS.filter((method) => item[method]).map((method) =>
      operationView(method, path, item, item[method], document),
    );
    groups.set(groupOf(path), [...(groups.get(groupOf(path)) ?? []), ...views]);
  }
  for (const [name, views] of groups) {
    byId("operations").append(element("section", {}, element("h2", {}, name), ...views));
  }
}

byId("identity").addEventListener("submit", (event) => event.preventDefault());
byId("find").addEventListener("input", ({ target }) => {
  for (const view of document.querySelectorAll("details")) view.hidden = !view.dataset.text.includes(target.value.toLowerCase());
});

show(await (await fetch("/openapi.json")).json());
