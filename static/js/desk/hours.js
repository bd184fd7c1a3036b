// Says the ticked hours in words while one types. Without this file the button 「言葉にして確かめる」 does it.

const form = document.querySelector("form[data-hours-preview]");
const box = document.getElementById("hours-saying");
const WAIT = 500; // milliseconds after the last stroke

let waiting = 0;
let running = null;

async function say() {
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(form.dataset.hoursPreview, {
      method: "POST",
      body: new FormData(form),
      signal: running.signal,
    });
    // A session that ended answers with the sign-in page; that must not land in the box.
    if (answer.ok && !answer.redirected) box.innerHTML = await answer.text();
  } catch {
    // Typed on, or off line: the box keeps what it said.
  }
}

function showMode() {
  const mode = form.querySelector("input[name=hours-mode]:checked")?.value;
  for (const part of form.querySelectorAll("[data-mode]")) part.hidden = part.dataset.mode !== mode;
}

if (form && box) {
  form.addEventListener("input", (event) => {
    if (!event.target.name?.match(/^(hours|rows|exceptions)-|^year_end_/)) return;
    showMode();
    clearTimeout(waiting);
    waiting = setTimeout(say, WAIT);
  });
  showMode();
}
