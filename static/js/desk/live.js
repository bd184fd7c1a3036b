// Answers come in while somebody looks: asks every half minute, or as often as the page says (data-seconds), for this
// very page and puts its numbers and rows in place of the old ones. Rests while the tab is hidden, and after an hour,
// so that no page asks all night.
// Without this script the link 「いまのようすに更新する」 does the same.
const EVERY = 1_000 * (document.getElementById("live")?.dataset.seconds ?? 30);
const UNTIL = Date.now() + 3_600_000;
const PARTS = ["live", "live-rows"];

async function look() {
  if (Date.now() > UNTIL) return;
  if (document.visibilityState === "visible") await refresh();
  setTimeout(look, EVERY);
}

async function refresh() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of PARTS) replace(document.getElementById(id), page.getElementById(id));
  } catch {
    // No connection just now: the next look may have one.
  }
}

// What somebody is about to press stays where it is.
function replace(old, fresh) {
  if (!old || !fresh || old.contains(document.activeElement)) return;
  if (old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML; // our own template, escaped by the server
}

setTimeout(look, EVERY);
