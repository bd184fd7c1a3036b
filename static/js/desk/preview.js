// Shows the mail beside the words while one writes. Without this script the button 「保存せずに、届くメールを見る」 does it.
const form = document.querySelector("form[data-preview]");
const box = document.getElementById("preview");
const status = document.getElementById("preview-said");
const WAIT = 600; // milliseconds after the last stroke

let waiting = 0;
let running = null;

async function show() {
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(form.dataset.preview, {
      method: "POST",
      body: new FormData(form),
      signal: running.signal,
    });
    // A session that ended answers with the sign-in page; that must not land in the box.
    if (answer.ok && !answer.redirected) put(await answer.text());
    else say(status.dataset.failed);
  } catch (error) {
    // The box keeps what it showed. Who typed on is asked for again in a moment.
    if (error.name !== "AbortError") say(status.dataset.failed);
  }
}

// Read aloud once: the same words again would interrupt whoever writes.
function say(words) {
  if (status.textContent !== words) status.textContent = words;
}

// What was folded stays folded.
function put(html) {
  const before = [...box.querySelectorAll("details")].map((one) => one.open);
  box.innerHTML = html; // our own template, cleaned by the server
  say(box.querySelector("[data-said]")?.dataset.said ?? "");
  if (before.length) box.querySelectorAll("details").forEach((one, at) => (one.open = before[at] ?? true));
}

// A template that is chosen after the newsletter does not choose another newsletter.
function keepNewsletter() {
  for (const link of document.querySelectorAll("a[data-template]")) {
    const to = new URL(link.href);
    to.searchParams.set("newsletter", form.elements.newsletter.value);
    link.href = to.href;
  }
}

if (form && box) {
  form.elements.newsletter.addEventListener("change", keepNewsletter);
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, WAIT);
  });
}
