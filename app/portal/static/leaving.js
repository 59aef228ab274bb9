// Says on which step the page was closed. Following a link of ours is not leaving.
const own = document.querySelector("script[data-step]");
let stays = false;

document.addEventListener("click", (event) => {
  if (event.target.closest("a, button")) stays = true;
});
document.addEventListener("submit", () => { stays = true; });
addEventListener("pagehide", () => {
  if (stays) return;
  const facts = new FormData();
  facts.set("step", own.dataset.step);
  facts.set("csrf_token", own.dataset.token);
  navigator.sendBeacon(own.dataset.to, facts);
});
