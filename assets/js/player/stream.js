// Getting the picture into the video element: hls.js, or the browser's own HLS where there is no MediaSource.
//
// Both give {seekTo, retry, destroy}. `on.trouble()` says that data doesn't come, `on.flowing()` that it does again,
// `on.lost()` that the watch's addresses don't work any more, `on.broken()` that it can't be played here at all.

const BUFFER_SECONDS = 120;
const BUFFER_BYTES = 60 * 1024 * 1024;
const RETRY_MS = 3_000;
const MEDIA_REPAIRS = 3;
const GONE = [401, 404, 410];

/** Attach a playlist at `startAt` seconds; `library` is the address of hls.js. */
export async function attach(video, { library, playlist, startAt, gate, on }) {
  const { default: Hls } = await import(library);
  if (Hls.isSupported()) return attachHls(Hls, video, { playlist, startAt, gate, on });
  if (video.canPlayType("application/vnd.apple.mpegurl")) return attachNative(video, { playlist, startAt, gate, on });
  on.broken();
  return { seekTo() {}, retry() {}, destroy() {} };
}

function attachHls(Hls, video, { playlist, startAt, gate, on }) {
  const hls = new Hls({
    enableWorker: false, // workers from blobs are against the content security policy
    startPosition: startAt,
    loader: gatedLoader(Hls.DefaultConfig.loader, gate),
    maxBufferLength: BUFFER_SECONDS, // the gate ends it earlier: as much as may be had, for a minute without network
    maxMaxBufferLength: BUFFER_SECONDS,
    maxBufferSize: BUFFER_BYTES,
    capLevelToPlayerSize: true,
    fragLoadPolicy: patient(Hls.DefaultConfig.fragLoadPolicy),
    keyLoadPolicy: patient(Hls.DefaultConfig.keyLoadPolicy),
    playlistLoadPolicy: patient(Hls.DefaultConfig.playlistLoadPolicy),
    manifestLoadPolicy: patient(Hls.DefaultConfig.manifestLoadPolicy),
  });
  let repairs = 0;
  let timer = null;
  const load = () => {
    if (hls.levels.length) hls.startLoad(video.currentTime || startAt);
    else hls.loadSource(playlist);
  };
  const retry = () => {
    clearTimeout(timer);
    timer = null;
    load();
  };
  hls.on(Hls.Events.ERROR, (_, fault) => {
    if (GONE.includes(fault.response?.code) && fault.type === Hls.ErrorTypes.NETWORK_ERROR) return on.lost();
    if (fault.type === Hls.ErrorTypes.NETWORK_ERROR) on.trouble();
    if (!fault.fatal) return;
    if (fault.type === Hls.ErrorTypes.NETWORK_ERROR) timer ??= setTimeout(retry, RETRY_MS);
    else if (fault.type === Hls.ErrorTypes.MEDIA_ERROR && repairs++ < MEDIA_REPAIRS) hls.recoverMediaError();
    else on.broken();
  });
  hls.on(Hls.Events.FRAG_BUFFERED, () => on.flowing());
  hls.attachMedia(video);
  hls.loadSource(playlist);
  return {
    seekTo(seconds) {
      video.currentTime = seconds;
      // hls.js waits for the key it asked for; while the gate holds that one, it would never turn back.
      if (gate.waiting.size && !isBuffered(video, seconds)) {
        hls.stopLoad();
        hls.startLoad(seconds);
      }
    },
    retry: () => timer && retry(),
    destroy() {
      clearTimeout(timer);
      hls.destroy();
    },
  };
}

/** hls.js's own loader, but a key is only asked for when the gate allows it. */
function gatedLoader(Loader, gate) {
  return class GatedLoader extends Loader {
    load(context, config, callbacks) {
      if (!context.keyInfo) return super.load(context, config, callbacks);
      this.held = { context, callbacks };
      this.forget = gate.whenAllowed(context.url, () => {
        this.held = null;
        super.load(context, config, callbacks);
      });
    }

    abort() {
      const { held } = this;
      if (!held) return super.abort();
      this.forget();
      this.held = null;
      held.callbacks.onAbort?.(this.stats, held.context, null);
    }

    destroy() {
      this.forget?.();
      this.held = null;
      super.destroy();
    }
  };
}

/** An outage is a matter of time, so it is retried for minutes, each time a little later. */
function patient(policy) {
  const retry = { maxNumRetry: 30, retryDelayMs: 1000, maxRetryDelayMs: 8000, backoff: "exponential" };
  return { default: { ...policy.default, timeoutRetry: retry, errorRetry: retry } };
}

function isBuffered(video, seconds) {
  for (let index = 0; index < video.buffered.length; index += 1) {
    if (video.buffered.start(index) <= seconds && seconds < video.buffered.end(index)) return true;
  }
  return false;
}

/** The browser fetches keys by itself, also too early; refused, it stops, and is set going again where it was. */
function attachNative(video, { playlist, startAt, gate, on }) {
  const signals = new AbortController();
  const { signal } = signals;
  let at = startAt;
  let goesOn = false;
  let timer = null;
  const load = () => {
    clearTimeout(timer);
    timer = null;
    video.src = playlist;
    video.addEventListener("loadedmetadata", () => {
      video.currentTime = at;
      if (goesOn) video.play().catch(() => {});
    }, { once: true, signal });
  };
  video.addEventListener("timeupdate", () => {
    if (video.readyState > 1 && !video.error) at = video.currentTime;
  }, { signal });
  video.addEventListener("playing", () => on.flowing(), { signal });
  video.addEventListener("error", () => {
    goesOn = goesOn || !video.paused;
    on.trouble();
    timer ??= setTimeout(load, RETRY_MS);
  }, { signal });
  gate.session?.addEventListener("moved", () => timer && load(), { signal });
  load();
  return {
    seekTo(seconds) {
      at = seconds;
      video.currentTime = seconds;
    },
    retry: () => timer && load(),
    destroy() {
      clearTimeout(timer);
      signals.abort();
      video.removeAttribute("src");
      video.load();
    },
  };
}
