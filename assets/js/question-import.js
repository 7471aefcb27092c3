// An import that goes on: its part of the page is fetched anew until it is over.

const place = document.getElementById("import-progress");
const PAUSE_MS = 1500;

async function follow() {
  try {
    const answer = await fetch(place.dataset.part, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      place.innerHTML = await answer.text();
      if (/done|refused/.test(place.firstElementChild.dataset.state)) return;
    }
  } catch {
    // The network is gone for a moment: asked again.
  }
  setTimeout(follow, PAUSE_MS);
}

if (place && "running" in place.dataset) setTimeout(follow, PAUSE_MS);
