// Quick exit: the link, and the escape key three times within five seconds.
// Without this file the link still leads to the neutral page.

const PRESSES = 3;
const WITHIN = 5000; // milliseconds

const page = document.documentElement;
const link = document.querySelector("[data-exit-link]");
const note = document.querySelector("[data-exit-note]");

function leave() {
  page.classList.add("is-away");
  document.title = "…";
  try {
    sessionStorage.setItem("left", "1");
  } catch {
    // Storage is closed (private mode of some browsers): the page is still replaced.
  }
  location.replace(link.href);
}

let presses = [];

function onKey(event) {
  if (event.key !== "Escape" || event.repeat || event.isComposing) return;
  const now = Date.now();
  presses = [...presses.filter((at) => now - at < WITHIN), now];
  const left = PRESSES - presses.length;
  if (left <= 0) leave();
  else note.textContent = note.dataset[left === 1 ? "once" : "twice"];
  setTimeout(() => {
    if (Date.now() - presses.at(-1) >= WITHIN) note.textContent = "";
  }, WITHIN);
}

if (link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", onKey);
}
