// Browsers cannot show the answer to a sent form again: Back ends on an error page of theirs. So whoever leaves such a
// page by sending its form leaves a plain one behind. While they stay, reloading still asks and loses nothing.

addEventListener("submit", (event) => {
  if (event.submitter?.formTarget !== "_blank") history.replaceState(history.state, "", location.href);
});
