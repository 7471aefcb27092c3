// Copies what stands beside a button, for the tax office's system; says so to who sees and to who listens.
const status = document.querySelector("[data-copied]");

async function copy(place) {
  try {
    await navigator.clipboard.writeText(place.textContent.trim().replaceAll(",", place.id === "copy-amount" ? "" : ","));
    return true;
  } catch {
    // Without https the browser gives no clipboard: what is to be copied is selected, and Ctrl+C does it.
    getSelection().selectAllChildren(place);
    return document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const word = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!(await copy(document.getElementById(button.dataset.copy)))) return;
    status.textContent = button.dataset.told;
    button.textContent = "✓";
    setTimeout(() => { button.textContent = word; }, 1600);
  });
}
