// Filters of the finance desk: under a field of words, what may be chosen is offered as it is typed. Without this one
// types the whole name.

const WAIT_MS = 250;

for (const field of document.querySelectorAll("input[data-suggest]")) {
  const list = document.getElementById(field.getAttribute("list"));
  let later = 0;
  let asked = null;

  field.addEventListener("input", () => {
    clearTimeout(later);
    asked?.abort(); // its answer is for words that no longer stand there
    later = setTimeout(() => offer(field.value.trim()), WAIT_MS);
  });

  async function offer(words) {
    if ([...list.options].some((option) => option.value === words)) return;
    asked = new AbortController();
    try {
      const answer = await fetch(`${list.dataset.from}?q=${encodeURIComponent(words)}`, { signal: asked.signal });
      const { results } = await answer.json();
      list.replaceChildren(...results.map((result) => Object.assign(document.createElement("option"), { value: result })));
    } catch {
      // Offered or not, what is typed is looked for when it is sent.
    }
  }
}
