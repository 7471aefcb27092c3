// Links that carry data-panel show the part of their page that matters (data-panel-body) beside the list or over it;
// switches with data-sends send their form. Without JavaScript the links lead to their pages.

/** The frame of this kind, anew each time, so that nothing of an earlier one is left in it. */
function frame(kind) {
  const { content } = document.querySelector(`template[data-frame=${kind}]`);
  const box = content.cloneNode(true).firstElementChild;
  document.body.append(box);
  const made = kind === "modal" ? new window.bootstrap.Modal(box) : new window.bootstrap.Offcanvas(box);
  box.addEventListener(`hidden.bs.${kind}`, () => { made.dispose(); box.remove(); });
  return { box, made };
}

async function open(link) {
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.querySelector("[data-panel-body]");
  if (!answer.ok || !part) throw new Error(`panel: ${answer.status}`);
  const { box, made } = frame(link.dataset.panel);
  box.querySelector("#panel-title").textContent = part.dataset.panelTitle;
  box.querySelector("[data-panel-place]").append(...part.childNodes);
  made.show();
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-panel]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (!link || !isPlain) return;
  event.preventDefault();
  try {
    await open(link);
  } catch {
    window.location.assign(link.href);
  }
});

// In the dialog a link back only closes it.
document.addEventListener("click", (event) => {
  if (event.target.closest(".modal a[data-bs-dismiss]")) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
});
