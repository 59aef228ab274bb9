// After a while without a choice, help that was in the page all along is shown: once in a visit.
const place = document.querySelector("[data-hesitation]");
const own = document.querySelector("script[data-hesitates]");
const AFTER = 90;
let seconds = 0;

const clock = place?.hidden && setInterval(() => {
  if (!place.hidden) return clearInterval(clock);
  if (document.hidden || ++seconds < AFTER) return;
  clearInterval(clock);
  place.hidden = false;
  const facts = new FormData();
  facts.set("step", own.dataset.hesitates);
  facts.set("csrf_token", own.dataset.token);
  navigator.sendBeacon(own.dataset.to, facts);
}, 1000);
