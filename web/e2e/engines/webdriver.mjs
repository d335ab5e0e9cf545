// A minimal W3C WebDriver client with just what the smoke journey needs.
// https://www.w3.org/TR/webdriver2/

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE_MS = 60_000;
const POLL_MS = 100;
/** Errors for elements that the page is still moving, covering or replacing. The action is then retried. */
const NOT_YET = ["stale element reference", "element click intercepted", "element not interactable"];

/** Keys without a character, encoded as in https://www.w3.org/TR/webdriver2/#keyboard-actions. */
export const SHIFT_ENTER = "\uE008\uE007";

export class Browser {
  #session;

  /** Opens a browser at a running driver; `capabilities` are those of `alwaysMatch`. */
  static async open(driver, capabilities) {
    const browser = new Browser();
    const { sessionId } = await call("POST", `${driver}/session`, { capabilities: { alwaysMatch: capabilities } });
    browser.#session = `${driver}/session/${sessionId}`;
    return browser;
  }

  close = () => call("DELETE", this.#session);
  goto = (url) => this.#post("url", { url });
  reload = () => this.#post("refresh", {});
  url = () => call("GET", `${this.#session}/url`);
  resize = (width, height) => this.#post("window/rect", { width, height });
  /** Runs a function body in the page and returns its result. */
  run = (script, ...args) => this.#post("execute/sync", { script, args });
  /** Returns a PNG of the window as base64. */
  screenshot = () => call("GET", `${this.#session}/screenshot`);
  /** Returns the page's visible text. */
  text = () => this.run("return document.body?.innerText ?? ''");

  /** Waits for the visible element with this role and accessible name, and clicks it. */
  click = (role, name) => this.#act(role, name, "click", {});
  /** Waits for the visible element with this role and accessible name, and types into it. */
  type = (role, name, text) => this.#act(role, name, "value", { text });
  /** Waits for the visible element with this role and accessible name. */
  find = (role, name) => this.until(`${role} ${name}`, () => this.#look(role, name));
  /** Waits until the page shows this text. */
  see = (text) => this.until(`the text “${text}”`, async () => (await this.text()).includes(text));

  /** Waits until the answer is neither false nor empty, and returns it. */
  async until(what, ask) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await ask();
      if (answer) return answer;
      if (Date.now() > end) throw new Error(`${what} did not appear. The page shows:\n${await this.text()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #act = (role, name, command, body) =>
    this.until(`${role} ${name}, ready for a ${command}`, async () => {
      const element = await this.#look(role, name);
      if (!element) return false;
      try {
        await this.#post(`element/${element[ELEMENT]}/${command}`, body);
        return true;
      } catch (error) {
        if (NOT_YET.includes(error.cause)) return false;
        throw error;
      }
    });

  #look = (role, name) => this.run(LOOK, role, name.source ?? name, name instanceof RegExp);
  #post = (command, body) => call("POST", `${this.#session}/${command}`, body);
}

/** Finds an element by the roles and names that this page uses. A modal dialog hides everything else. */
const LOOK = `
  const [role, name, pattern] = arguments;
  const selectors = {
    article: "article", button: "button", link: "a[href]", checkbox: "input[type=checkbox]", radio: "input[type=radio]",
    heading: "h1, h2, h3", row: "tr, [role=row]", textbox: "textarea, input:not([type=checkbox], [type=radio])",
  };
  const nameOf = (e) => (e.getAttribute("aria-label") || [...(e.labels || [])].map((l) => l.innerText).join(" ") || e.innerText)
    .replace(/\\s+/g, " ").trim();
  const fits = pattern ? (e) => new RegExp(name).test(nameOf(e)) : (e) => nameOf(e) === name;
  const shown = (e) => e.getClientRects().length > 0 && !e.disabled;
  const within = document.querySelector("dialog:modal") || document;
  const found = [...within.querySelectorAll(selectors[role])].find((e) => shown(e) && fits(e));
  // Check boxes and radio buttons are small or drawn by their label, so people click the label.
  return (found && ["checkbox", "radio"].includes(role) && found.labels[0]) || found || null;
`;

async function call(method, url, body) {
  const answer = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${url}: ${value.error}: ${value.message}`, { cause: value.error });
  return value;
}
