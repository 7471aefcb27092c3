// The button under the list of roles counts what is chosen.

for (const form of document.querySelectorAll("[data-picking]")) {
  const button = form.querySelector("[data-count]");
  const tell = () => {
    const chosen = form.querySelectorAll("input[name=role]:checked").length;
    button.textContent = chosen ? button.dataset.count.replace("{n}", chosen) : button.dataset.none;
    button.disabled = !chosen;
  };
  if (button) {
    form.addEventListener("change", tell);
    tell();
  }
}
