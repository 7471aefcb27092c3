// Formulas in questions: `$…$` inside elements marked data-formulas becomes MathML, `\$` a dollar. The library is
// fetched only where there is one; a formula it can't read, and everything without JavaScript, stays as it was written.

const FORMULA = /(?<!\\)\$((?:\\.|[^$\\\n])+)\$/;
const LIBRARY = "../vendor/katex/katex.min.js";

const OPTIONS = {
  output: "mathml", // no style attributes: the content security policy refuses them
  throwOnError: true,
  trust: false,
  strict: false,
  maxSize: 20,
  maxExpand: 200,
  // These two are all that katex writes as styles in MathML.
  macros: { "\\pmb": "\\boldsymbol{#1}", "\\fcolorbox": "\\boxed{#3}" },
};

function textsWithDollars(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, (text) =>
    text.parentElement.closest("math, textarea") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const found = [];
  while (walker.nextNode()) if (walker.currentNode.data.includes("$")) found.push(walker.currentNode);
  return found;
}

function asMath(source) {
  const place = document.createElement("span");
  try {
    window.katex.render(source, place, { ...OPTIONS, macros: { ...OPTIONS.macros } });
  } catch {
    return `$${source}$`;
  }
  return place;
}

function render(text) {
  const parts = text.data.split(new RegExp(FORMULA, "g"));
  text.replaceWith(...parts.map((part, at) => (at % 2 ? asMath(part) : part.replaceAll("\\$", "$"))));
}

/** Show the formulas in `root` and below it; again after something was put in. Resolves when they are there. */
export async function showFormulas(root = document) {
  const marked = [...root.querySelectorAll("[data-formulas]")];
  if (root.matches?.("[data-formulas]")) marked.unshift(root);
  const texts = [...new Set(marked.flatMap(textsWithDollars))];
  if (!window.katex && texts.some((text) => FORMULA.test(text.data))) await import(LIBRARY);
  for (const text of texts) if (text.isConnected) render(text);
}

showFormulas();
