// A day that is being reconciled: the page asks whether there is a result, and shows it, unless somebody is writing.

const place = document.querySelector("[data-bill-state]");
const OFTEN_MS = 1500;
const SELDOM_MS = 10_000;
const SOON_MS = 60_000;
const began = Date.now();

const isWriting = () => [...document.querySelectorAll(".xs-embed textarea")].some((field) => field.value.trim());

async function follow() {
  try {
    const answer = await fetch(place.dataset.billState, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected && (await answer.json()).mark !== place.dataset.mark) {
      if (!isWriting()) return location.reload();
      place.querySelector("a").hidden = false;
      return;
    }
  } catch {
    // The network is gone for a moment: asked again.
  }
  setTimeout(follow, Date.now() - began < SOON_MS ? OFTEN_MS : SELDOM_MS);
}

if (place) setTimeout(follow, OFTEN_MS);
