// The pay page: the time left by the server's clock, and asking every few seconds whether the money came. The server asks
// the provider itself, so a lost notice heals while somebody looks. Without this script the page asks by loading again.

const ASK_MS = 2_500;
const SLOWEST_MS = 20_000; // while the network is away
const OVER_MS = 8_000; // after the end: money may still have been on its way
const OVER_ASKS = 40;
const TIMEOUT_MS = 10_000;
const SPOKEN_MINUTES = [10, 5, 2, 1];
const GONE = ["closing", "closed"];

const panel = document.querySelector("[data-pay]");
const words = document.querySelector("template[data-words]")?.dataset;

/** The server's clock from what it last said; between two words a clock that only counts goes on. */
class ServerClock {
  constructor(now) {
    this.set(now, performance.now());
  }

  set(now, at) {
    this.ahead = now - at;
  }

  get now() {
    return performance.now() + this.ahead;
  }
}

class Waiting {
  constructor() {
    this.clock = new ServerClock(Number(panel.dataset.now));
    this.created = Number(panel.dataset.created);
    this.expires = Number(panel.dataset.expires);
    this.said = panel.querySelector("[data-said]");
    this.veil = panel.querySelector("[data-veil]");
    this.isOver = this.veil ? !this.veil.hidden : false;
    this.wait = ASK_MS;
    this.asksLeft = OVER_ASKS;
    this.minutes = Infinity;
  }

  begin() {
    const counted = panel.querySelector("[data-script]");
    if (counted) {
      counted.hidden = false;
      panel.querySelector("[data-plain]").hidden = true;
      this.say(words.waiting);
      this.count();
      this.counting = setInterval(() => this.count(), 500);
    }
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.askSoon(0);
    });
    window.addEventListener("online", () => this.askSoon(0));
    this.askSoon(this.isOver ? OVER_MS : ASK_MS);
  }

  say(text) {
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  count() {
    const left = Math.max(0, (this.expires - this.clock.now) / 1000);
    const whole = Math.ceil(left);
    const two = (value) => String(value).padStart(2, "0");
    panel.querySelector("[data-countdown]").textContent = `${two(Math.floor(whole / 60))}:${two(whole % 60)}`;
    const share = (left * 100_000) / (this.expires - this.created);
    panel.querySelector("[data-bar]").setAttribute("width", `${Math.min(100, share)}%`);
    const spoken = SPOKEN_MINUTES.find((minute) => this.minutes > minute * 60 && left <= minute * 60);
    if (spoken && this.minutes !== Infinity) this.say(words.minutes.replace("{minutes}", spoken));
    this.minutes = left;
    if (left <= 0) this.over();
  }

  /** The code can't be paid any more: veiled, with the way to a new one. What was paid in the last moment is still asked for. */
  over() {
    clearInterval(this.counting);
    if (this.isOver) return;
    this.isOver = true;
    if (this.veil) this.veil.hidden = false;
    for (const part of document.querySelectorAll("[data-open]")) part.classList.add("d-none", "d-md-none");
    for (const part of document.querySelectorAll("[data-over]")) part.hidden = false;
    this.say(words.over);
  }

  askSoon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      await this.hear();
      this.wait = ASK_MS;
    } catch {
      this.wait = Math.min(this.wait * 2, SLOWEST_MS);
      if (!this.isOver) this.say(words.offline);
    }
    this.asking = false;
    if (this.isOver && --this.asksLeft <= 0) return;
    this.askSoon(this.isOver ? Math.max(OVER_MS, this.wait) : this.wait);
  }

  async hear() {
    const response = await fetch(panel.dataset.pay, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 401 || response.status === 404) return location.reload(); // logged out meanwhile
    if (!response.ok) throw new Error(`${response.status}`);
    const order = await response.json();
    this.clock.set(Date.parse(order.server_time), performance.now());
    this.expires = Date.parse(order.expires_at);
    if (GONE.includes(order.status)) return this.over();
    if (order.status !== "open") {
      this.say(words.paid);
      clearInterval(this.counting);
      return location.replace(panel.dataset.paid);
    }
    const code = panel.querySelector("[data-code]");
    if (code && order.qr && order.qr !== code.getAttribute("src")) return location.reload(); // changed in another window
    if (!this.isOver && code && this.said.textContent === words.offline) this.say(words.waiting);
  }
}

if (panel) new Waiting().begin();
