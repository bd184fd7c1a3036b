// "Open now" must not be read from a page that has lain in a pocket for hours. When somebody comes back to a
// page older than ten minutes it is fetched again; without a connection it stays, so that the number is not lost.
const AGE = 10 * 60 * 1000; // milliseconds
let shownAt = Date.now();

async function refresh() {
  if (document.visibilityState !== "visible" || Date.now() - shownAt < AGE) return;
  if (document.getElementById("answer")?.childElementCount) return; // an answer to own words is not in the address
  shownAt = Date.now();
  const response = await fetch(location.href, { cache: "no-cache" }).catch(() => null);
  if (response?.ok) location.reload();
}

document.addEventListener("visibilitychange", refresh);
addEventListener("pageshow", refresh);
