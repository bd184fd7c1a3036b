// "Open now" must not be read from a page that has lain in a pocket for hours. When somebody comes back to a
// page older than ten minutes it is fetched again; without a connection it stays, so that the number is not lost,
// and says that it is old.
const AGE = 10 * 60 * 1000; // milliseconds
const shownAt = Date.now();
const note = document.querySelector("[data-old-note]");
let isAsking = false;

async function refresh() {
  if (isAsking || document.visibilityState !== "visible" || Date.now() - shownAt < AGE) return;
  if (document.getElementById("answer")?.childElementCount) return; // an answer to own words is not in the address
  isAsking = true;
  const response = await fetch(location.href, { cache: "no-cache" }).catch(() => null);
  isAsking = false;
  if (response?.ok) location.reload();
  else if (note && !note.childElementCount) warn();
}

function warn() {
  const words = document.createElement("p");
  words.className = "notice warning";
  words.textContent = note.dataset.words;
  note.append(words);
}

document.addEventListener("visibilitychange", refresh);
addEventListener("pageshow", refresh);
addEventListener("online", refresh);
