// On a phone the menu is a row that scrolls: where one is stands in sight.
const here = document.querySelector(".xs-side [aria-current]");
const row = here?.closest(".xs-side");
if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
