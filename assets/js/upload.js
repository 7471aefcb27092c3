// Uploading videos in the admin, and keeping the state of each on the page fresh.
const addresses = JSON.parse(document.getElementById("video-addresses").textContent);
const CHANGING = new Set(["uploaded", "processing"]);
const POLL_MS = 2000;
const SPEED_WINDOW_MS = 5000;

// --- States ----------------------------------------------------------------------------------------------------------
function show(place, { state, html }) {
  const changed = place.dataset.state !== state;
  place.dataset.state = state;
  // A focused button stays under the finger.
  if (!place.contains(document.activeElement)) place.innerHTML = html;
  if (changed && "reload" in place.dataset && !CHANGING.has(state)) window.location.reload();
}

async function refresh() {
  const places = [...document.querySelectorAll("[data-video]")].filter((place) => CHANGING.has(place.dataset.state));
  if (places.length && !document.hidden) {
    const ids = [...new Set(places.map((place) => place.dataset.video))].slice(0, 100);
    try {
      const answer = await fetch(`${addresses.states}?ids=${ids.join(",")}`, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (answer.ok) {
        const { videos } = await answer.json();
        const byId = new Map(videos.map((video) => [String(video.id), video]));
        for (const place of places) if (byId.has(place.dataset.video)) show(place, byId.get(place.dataset.video));
      }
    } catch { /* offline for a moment: the next round asks again */ }
  }
  window.setTimeout(refresh, POLL_MS);
}

// --- Words -----------------------------------------------------------------------------------------------------------
const words = document.getElementById("video-words")?.dataset;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) { amount /= 1024; unit += 1; }
  return `${amount.toFixed(unit < 2 ? 0 : 1)} ${units[unit]}`;
}

function time(seconds) {
  return seconds < 60 ? fill(words.seconds, { n: Math.ceil(seconds) }) : fill(words.minutes, { n: Math.ceil(seconds / 60) });
}

// --- One file --------------------------------------------------------------------------------------------------------
class Upload {
  constructor(file, box, queue) {
    this.file = file;
    this.box = box;
    this.queue = queue;
    this.state = "waiting";
    const row = document.getElementById("video-queue-row").content.cloneNode(true).firstElementChild;
    this.row = row;
    this.part = (name) => row.querySelector(`[data-${name}]`);
    this.part("name").textContent = file.name;
    this.part("size").textContent = size(file.size);
    this.part("progress").setAttribute("aria-label", fill(words.progressOf, { name: file.name }));
    this.part("cancel").addEventListener("click", () => this.cancel());
    this.part("again").addEventListener("click", () => this.again());
    box.querySelector("[data-queue]").append(row);
    this.check();
  }

  check() {
    const largest = Number(this.box.dataset.largest);
    if (this.file.size === 0) this.fail(words.empty, false);
    else if (this.file.size > largest) this.fail(fill(words.tooLarge, { size: size(largest) }), false);
    else this.note(words.waiting);
  }

  note(text) { this.part("note").textContent = text; }

  fail(text, mayRetry = true) {
    this.state = "failed";
    this.row.dataset.result = "failed";
    this.note(text);
    this.part("cancel").hidden = true;
    this.part("again").hidden = !mayRetry;
    this.part("progress").hidden = true;
    this.queue.next();
  }

  again() {
    this.state = "waiting";
    delete this.row.dataset.result;
    this.part("cancel").hidden = false;
    this.part("again").hidden = true;
    this.part("progress").hidden = false;
    this.part("progress").value = 0;
    this.note(words.waiting);
    this.queue.next();
  }

  cancel() {
    this.state = "cancelled";
    this.request?.abort();
    this.fail(words.cancelled);
  }

  start() {
    this.state = "sending";
    this.marks = [[performance.now(), 0]];
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", `${addresses.upload}?name=${encodeURIComponent(this.file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRFToken", this.box.dataset.csrf);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => this.progress(event.loaded, event.total));
    request.addEventListener("load", () => this.answered());
    request.addEventListener("error", () => this.fail(words.network));
    request.send(this.file);
  }

  progress(loaded, total) {
    const now = performance.now();
    this.marks.push([now, loaded]);
    while (this.marks.length > 2 && now - this.marks[0][0] > SPEED_WINDOW_MS) this.marks.shift();
    const [since, before] = this.marks[0];
    const speed = now > since ? ((loaded - before) * 1000) / (now - since) : 0;
    const percent = total ? Math.floor((loaded / total) * 100) : 0;
    this.part("progress").value = percent;
    if (loaded >= total) this.note(words.saving);
    else if (speed) this.note(fill(words.sending, { percent, speed: size(speed), left: time((total - loaded) / speed) }));
  }

  answered() {
    const { status, response, responseURL } = this.request;
    if (status === 201 && response) this.done(response);
    else if (status === 403 || (status === 200 && responseURL.includes("login"))) this.fail(words.login);
    else if (response?.detail) this.fail(response.detail, response.code === "incomplete");
    else this.fail(words.server);
  }

  done({ id, edit_url: address, html }) {
    this.state = "done";
    this.row.dataset.result = "done";
    this.part("progress").hidden = true;
    this.part("cancel").hidden = true;
    this.part("open").hidden = false;
    this.part("open").href = address;
    const note = this.part("note");
    note.dataset.video = id;
    note.dataset.state = "uploaded";
    note.innerHTML = html;
    this.queue.next();
  }
}

// --- The queue: one after another, so that the first is ready soonest ------------------------------------------------
class Queue {
  constructor(box) {
    this.box = box;
    this.uploads = [];
  }

  add(files) {
    for (const file of files) this.uploads.push(new Upload(file, this.box, this));
    this.next();
  }

  next() {
    if (this.uploads.some((upload) => upload.state === "sending")) return;
    this.uploads.find((upload) => upload.state === "waiting")?.start();
  }

  get busy() { return this.uploads.some((upload) => ["sending", "waiting"].includes(upload.state)); }
}

const box = document.querySelector("[data-upload]");
if (box) {
  const queue = new Queue(box);
  const drop = box.querySelector("[data-drop]");
  const input = box.querySelector("[data-files]");
  input.addEventListener("change", () => { queue.add(input.files); input.value = ""; });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.dataset.over = ""; });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => { delete drop.dataset.over; });
  drop.addEventListener("drop", (event) => { event.preventDefault(); queue.add(event.dataTransfer.files); });
  window.addEventListener("beforeunload", (event) => { if (queue.busy) event.preventDefault(); });
}
refresh();
