// Asks every few seconds, while the page is looked at, whether the money has arrived.
const place = document.querySelector("[data-payment-state]");
const EVERY = 4000;

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(place.dataset.paymentState, { headers: { Accept: "application/json" } });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) return;
    const { state } = await answer.json();
    if (state !== place.dataset.paymentKnown) location.reload();
  } catch {
    // The connection is away: the next question may get through.
  }
}

if (place) {
  ask();
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
