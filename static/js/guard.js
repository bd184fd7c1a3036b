// Runs before anything is painted. Somebody has left in a hurry in this tab: the back button must not
// bring the portal back. The mark lives in this tab only, says nothing, and goes on a fresh visit.
(() => {
  "use strict";
  const MARK = "left";
  const store = {
    has: () => { try { return sessionStorage.getItem(MARK) !== null; } catch { return false; } },
    drop: () => { try { sessionStorage.removeItem(MARK); } catch { /* storage is closed: nothing to drop */ } },
  };
  const page = document.documentElement;
  const away = () => {
    page.classList.add("is-away");
    location.replace(page.dataset.exit);
  };
  if (store.has()) {
    const [visit] = performance.getEntriesByType("navigation");
    if (visit && visit.type === "back_forward") away();
    else store.drop();
  }
  // A page kept alive by the browser is put away hidden and looks at the mark before it shows itself.
  addEventListener("pagehide", () => page.classList.add("is-away"));
  addEventListener("pageshow", (event) => {
    if (event.persisted && store.has()) away();
    else if (!store.has()) page.classList.remove("is-away");
  });
})();
