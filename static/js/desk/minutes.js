// Writing a record: opens one block at a time in place, saves while one types, and keeps what could not be saved.
// Without this file every block has its page and its form; what is said here to the server is what those forms say.

const list = document.getElementById("blocks");
const bar = document.getElementById("saving");
const words = document.getElementById("saving-words");
const undo = document.getElementById("undo");
const WAIT = 1200; // milliseconds after the last stroke
const AGAIN = 5000; // between two tries without a connection

let open = null; // what is being written: {form, version, isDirty, isStuck}
let timer = 0;
let queue = Promise.resolve(); // one request after the other: an answer never overtakes a newer one

// --- Saying how it stands --------------------------------------------------------------------
function say(text, isBad = false) {
  bar.hidden = false;
  bar.classList.toggle("is-bad", isBad);
  if (words.textContent !== text) words.textContent = text;
}

function clock() {
  const now = new Date();
  return `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
}

// --- Asking the server -----------------------------------------------------------------------
class Unreached extends Error {}
class SignedOut extends Error {}

async function ask(address, body) {
  let answer;
  try {
    answer = await fetch(address, {
      method: body ? "POST" : "GET",
      body,
      headers: { Accept: "application/json" },
      cache: "no-store",
      redirect: "manual",
    });
  } catch {
    throw new Unreached();
  }
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (answer.type === "opaqueredirect" || (answer.status === 403 && !isJson)) throw new SignedOut();
  if (!isJson) throw new Unreached(); // the server itself is in trouble
  return { status: answer.status, said: await answer.json() };
}

// The body that goes with a button. `what`: more fields.
function fields(form, what) {
  const data = new FormData(form);
  for (const [name, value] of Object.entries(what)) data.set(name, value);
  data.delete("pick"); // fill() has put what was chosen where it belongs
  data.set("version", open.version);
  return data;
}

// After signing in again in another tab the forms need the new token.
async function renewToken(form) {
  const { said } = await ask(form.action);
  const fresh = parse(said.place?.[0]?.html ?? "")?.querySelector("[name=csrfmiddlewaretoken]");
  if (!fresh) throw new SignedOut();
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh.value;
}

function inTurn(work) {
  queue = queue.then(work, work);
  return queue;
}

// --- Saving ----------------------------------------------------------------------------------
function touched() {
  if (!open) return;
  open.isDirty = true;
  open.strokes += 1;
  if (open.isStuck) return;
  say(bar.dataset.typing);
  clearTimeout(timer);
  timer = setTimeout(save, WAIT);
}

// True when nothing is left to be saved.
function save(extra = {}) {
  clearTimeout(timer);
  return inTurn(async () => {
    if (!open || (!open.isDirty && !extra.do)) return true;
    const asked = open;
    const strokes = asked.strokes;
    say(bar.dataset.saving);
    try {
      const { status, said } = await ask(asked.form.action, fields(asked.form, { do: "save", ...extra }));
      asked.isStuck = status === 409;
      if (status === 409) return conflict(asked, said);
      if (status !== 200) {
        say(`${bar.dataset.refused} ${said.said}`, true);
        return false;
      }
      asked.isDirty = asked.strokes !== strokes;
      if (said.version) asked.version = said.version;
      asked.form.querySelector("[data-conflict]").replaceChildren();
      say(said.said && extra.do ? said.said : `${bar.dataset.saved} ${clock()}`);
      if (extra.do || extra.close) apply(said);
      if (asked.isDirty && open === asked) timer = setTimeout(save, WAIT);
      return !asked.isDirty;
    } catch (problem) {
      await recover(asked, problem);
      return false;
    }
  });
}

async function recover(asked, problem) {
  if (problem instanceof SignedOut) {
    say(bar.dataset.signedOut, true);
    await renewToken(asked.form).catch(() => {});
  } else if (problem instanceof Unreached) {
    say(bar.dataset.offline, true);
  } else {
    throw problem;
  }
  asked.isDirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, AGAIN);
}

function conflict(asked, said) {
  clearTimeout(timer);
  asked.version = said.version; // whoever saves again has been told
  const box = asked.form.querySelector("[data-conflict]");
  box.innerHTML = said.conflict; // our own template, escaped by the server
  say(said.said, true);
  box.firstElementChild?.focus();
  return false;
}

// --- The page --------------------------------------------------------------------------------
function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // our own template, escaped by the server
  return holder.content.firstElementChild;
}

function item(id) {
  return document.getElementById(`u-${id}`);
}

function put(element, after) {
  const before = after && item(after);
  if (before) before.after(element);
  else list.prepend(element);
}

function apply(said) {
  if (said.reload) {
    open = null;
    const here = new URL(location.href);
    location.assign(said.reload);
    if (new URL(said.reload, here).pathname === here.pathname && new URL(said.reload, here).search === here.search) location.reload();
    return;
  }
  for (const id of said.gone ?? []) {
    if (open?.id === id) open = null;
    item(id)?.remove();
  }
  for (const { id, html, after } of said.place ?? []) {
    const fresh = parse(html);
    if (open?.id === id) open = null;
    const old = item(id);
    if (old) old.replaceWith(fresh);
    else put(fresh, after);
  }
  if (said.moved) {
    const focused = document.activeElement;
    const caret = [focused.selectionStart, focused.selectionEnd];
    put(item(said.moved.id), said.moved.after);
    focused.focus();
    if (focused.tagName === "TEXTAREA") focused.setSelectionRange(...caret);
    const to = open?.form.elements.to;
    if (to) to.value = said.number;
    item(said.moved.id).scrollIntoView({ block: "nearest" });
  }
  undo.hidden = !said.undo;
  if (said.undo) undo.querySelector("button").focus();
  if (said.open) begin(said.open, said.caret ?? 0);
}

// The block `id` is a form on the page: the one that is written from here on.
function begin(id, caret) {
  const form = item(id)?.querySelector("form[data-utterance]");
  if (!form) return;
  open = { id, form, version: form.elements.version.value, isDirty: false, isStuck: false, strokes: 0 };
  form.querySelector("[data-close]").hidden = false;
  for (const hint of form.querySelectorAll("[data-cut-hint]")) hint.hidden = true;
  const text = form.elements.text;
  text.focus({ preventScroll: true });
  text.setSelectionRange(caret, caret);
  item(id).scrollIntoView({ block: "nearest" });
}

// Closes what is open, if it can be saved; false when it cannot.
async function close() {
  if (!open) return true;
  const last = open;
  if (last.isDirty && !(await save())) return false;
  await inTurn(async () => {
    if (open !== last) return;
    try {
      const { status, said } = await ask(last.form.action, fields(last.form, { do: "save", close: "1" }));
      if (status === 200) apply(said);
      else conflict(last, said);
    } catch (problem) {
      await recover(last, problem);
    }
  });
  return open !== last;
}

async function openBlock(address) {
  if (!(await close())) return;
  await inTurn(async () => {
    try {
      const { status, said } = await ask(address);
      if (status === 200) apply(said);
      else say(said.said, true);
    } catch (problem) {
      if (!(problem instanceof Unreached || problem instanceof SignedOut)) throw problem;
      say(problem instanceof SignedOut ? bar.dataset.signedOut : bar.dataset.offline, true);
    }
  });
}

async function toNext() {
  const next = item(open.id).nextElementSibling?.dataset.block;
  const last = open.id;
  if (!(await close())) return;
  const link = item(next ?? last)?.querySelector("[data-open]");
  if (next && link) await openBlock(link.dataset.open);
  else link?.focus();
}

// --- Buttons and keys ------------------------------------------------------------------------
function act(what) {
  if (!open) return;
  const more = { do: what };
  if (what === "split") {
    const text = open.form.elements.text;
    more.at = String([...text.value.slice(0, text.selectionStart)].length); // the server counts characters
  }
  if (what === "save") save({ do: "save" });
  else save(more);
}

function keyOf(event) {
  const main = event.ctrlKey || event.metaKey;
  if (main && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s") return "save";
  if (event.key === "Enter") {
    if (main && event.shiftKey && !event.altKey) return "split";
    if (main && !event.altKey) return "next";
    if (event.altKey && event.shiftKey && !main) return "merge";
    if (event.altKey && !main) return "after";
  }
  if (event.altKey && !main && !event.shiftKey) return { PageUp: "up", PageDown: "down" }[event.key];
  return undefined;
}

list?.addEventListener("keydown", (event) => {
  if (event.isComposing || !open?.form.contains(event.target)) return;
  const what = keyOf(event);
  if (!what) return;
  event.preventDefault();
  if (what === "next") toNext();
  else act(what);
});

list?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openBlock(link.dataset.open);
  }
  if (event.target.closest("[data-close]")) toNext();
  if (event.target.closest("[data-leave]") && open) {
    event.preventDefault();
    leave(open);
  }
});

// After a conflict the other's words stay; the text that was typed goes.
async function leave(last) {
  if (last.isStuck) last.isDirty = false;
  if (last.isStuck) {
    await inTurn(async () => {
      const { said } = await ask(last.form.action);
      last.form.replaceWith(parse(said.place[0].html).querySelector("form"));
      begin(last.id, 0);
    });
  }
  if (await close()) item(last.id)?.querySelector("[data-open]")?.focus();
}

list?.addEventListener("submit", (event) => {
  if (!open || event.target !== open.form) return;
  event.preventDefault();
  act(event.submitter?.value ?? "save");
});

list?.addEventListener("input", (event) => {
  if (!open?.form.contains(event.target) || event.target.name === "to") return;
  if (event.target.name === "pick" && !fill(event.target)) return;
  touched();
});

list?.addEventListener("change", (event) => {
  if (event.target.name === "pick" && open?.form.contains(event.target)) tellUnknown(event.target.value.trim());
});

function tellUnknown(label) {
  const said = open.form.querySelector("[data-unknown]");
  said.hidden = !label;
  said.textContent = label && said.dataset.unknown.replace("{label}", () => label);
}

// A name chosen from the list goes into its three fields. False when the list does not hold it.
function fill(field) {
  tellUnknown("");
  const found = [...document.querySelectorAll("#known-labels option")].find((each) => each.value === field.value.trim());
  if (!found) return false;
  for (const name of ["organization_name", "speaker", "role", "organization"]) {
    if (name !== "organization" || found.dataset.organization) open.form.elements[name].value = found.dataset[name];
  }
  field.value = "";
  return true;
}

// --- Nothing typed is lost -------------------------------------------------------------------
for (const form of document.querySelectorAll("form[data-leaves]")) {
  form.addEventListener("submit", (event) => {
    if (!open?.isDirty) return;
    event.preventDefault();
    const button = event.submitter;
    save().then((isSaved) => isSaved && form.requestSubmit(button));
  });
}

addEventListener("online", () => open?.isDirty && !open.isStuck && save());
addEventListener("beforeunload", (event) => {
  if (open?.isDirty) event.preventDefault();
});

const first = list?.querySelector(".is-open")?.dataset.block;
if (first) begin(first, 0);
