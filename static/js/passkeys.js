// Says in words when a passkey could not be used; allauth's own script would only write to the console.
const problem = document.getElementById("passkey-problem");

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  problem.textContent = window.PublicKeyCredential ? problem.dataset.cancelled : problem.dataset.unsupported;
  problem.hidden = false;
});
