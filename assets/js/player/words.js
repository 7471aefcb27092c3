// The sentences the page gave us, translated by the server (web/player_words.py).

let sentences;

/** The sentence of this name with its {places} filled; undefined where the page has none. */
export function words(name, values = {}) {
  sentences ??= JSON.parse(document.getElementById("player-words").textContent);
  return sentences[name]?.replace(/\{(\w+)\}/g, (_, place) => values[place]);
}
