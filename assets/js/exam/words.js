// The sentences the page gave us, translated by the server (web/exam_paper.py).

let sentences;

/** The sentence of this name with its {places} filled. */
export function words(name, values = {}) {
  sentences ??= JSON.parse(document.getElementById("exam-words").textContent);
  return sentences[name].replace(/\{(\w+)\}/g, (_, place) => values[place]);
}

/** 3570 → 59 分钟; under two minutes 95 秒. */
export function inWords(seconds) {
  if (seconds < 120) return words("seconds", { seconds: Math.max(0, Math.ceil(seconds)) });
  return words("minutes", { minutes: Math.round(seconds / 60) });
}
