// The captcha of the login form: renewed by a click on its picture, read out on demand, fetched late where the page is
// one that everybody gets (the portal), together with the form's CSRF token.

async function renew(box) {
  const answer = await fetch(box.dataset.captcha, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`captcha: ${answer.status}`);
  const { token, key, image } = await answer.json();
  const form = box.closest("form");
  form.elements.csrfmiddlewaretoken.value = token;
  form.elements.captcha_key.value = key;
  const picture = box.querySelector("img");
  picture.src = image;
  picture.hidden = false;
  picture.nextElementSibling.hidden = true;
}

function once(act) {
  let running = null;
  return () => {
    running ??= act().finally(() => { running = null; });
    return running;
  };
}

function serve(box) {
  const form = box.closest("form");
  const say = box.querySelector("[data-says]");
  const field = form.elements.captcha;
  const get = once(() => renew(box).catch(() => { say.textContent = box.dataset.failed; }));

  box.querySelector("[data-renews]").addEventListener("click", async () => {
    await get();
    field.value = "";
    field.focus();
  });
  box.querySelector("[data-speaks]").addEventListener("click", async () => {
    if (!form.elements.captcha_key.value) await get();
    const sound = new Audio(`${box.dataset.captcha}${form.elements.captcha_key.value}.wav`);
    field.focus();
    await sound.play().catch(() => { say.textContent = box.dataset.failed; });
  });
  if (!form.elements.captcha_key.value) {
    form.addEventListener("focusin", () => { if (!form.elements.captcha_key.value) get(); });
  }
}

export function serveCaptchas() {
  for (const box of document.querySelectorAll("[data-captcha]")) serve(box);
}
