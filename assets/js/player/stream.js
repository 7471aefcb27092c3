// Getting the picture into the video element: hls.js, or the browser's own HLS where there is no MediaSource.
//
// Both give {seekTo, retry, destroy} and tell: `on.trouble()` data doesn't come, `on.flowing()` it does again, `on.lost()` the
// watch's addresses don't work any more, `on.broken()` it can't be played here at all, `on.short()` the picture ends here for
// now, `on.again(second)` it begins anew from there.

const BUFFER_SECONDS = 120;
const BUFFER_BYTES = 60 * 1024 * 1024;
const RETRY_MS = 3_000;
const MEDIA_REPAIRS = 3;
const GONE = [401, 404, 410];

/** Attach a playlist at `startAt` seconds of `duration`; `library` is the address of hls.js. */
export async function attach(video, { library, playlist, startAt, gate, duration, on }) {
  const { default: Hls } = await import(library);
  if (Hls.isSupported()) return attachHls(Hls, video, { playlist, startAt, gate, on });
  if (video.canPlayType("application/vnd.apple.mpegurl")) return attachNative(video, { playlist, startAt, gate, duration, on });
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

/**
 * The browser asks for every key it sees, so it is shown what is earned; at the end of that it is shown more. Where it
 * fails it is set going again.
 */
function attachNative(video, { playlist, startAt, gate, duration, on }) {
  const signals = new AbortController();
  const { signal } = signals;
  let at = startAt;
  let begun = false;
  let timer = null;
  let forget = () => {};
  const load = () => {
    clearTimeout(timer);
    timer = null;
    if (begun) on.again(at);
    begun = false;
    video.src = gate.session ? `${playlist}?earned=1` : playlist;
    video.load();
  };
  const listen = (name, act, capture = false) => video.addEventListener(name, act, { signal, capture });
  listen("loadedmetadata", () => {
    video.currentTime = at;
    begun = true;
  });
  listen("timeupdate", () => {
    if (begun && video.readyState > 1 && !video.error) at = video.currentTime;
  });
  listen("playing", () => on.flowing());
  listen("error", () => {
    on.trouble();
    timer ??= setTimeout(load, RETRY_MS);
  });
  listen("ended", (event) => {
    if (video.duration > duration - 1) return;
    event.stopImmediatePropagation(); // not the lesson's end, only of what was shown
    at = video.currentTime;
    on.short();
    forget = gate.whenAllowed(`/${Math.round(video.duration / gate.windowSeconds)}`, load);
  }, true);
  load();
  return {
    seekTo(seconds) {
      at = seconds;
      video.currentTime = seconds;
    },
    retry: () => timer && load(),
    destroy() {
      clearTimeout(timer);
      forget();
      signals.abort();
      video.removeAttribute("src");
      video.load();
    },
  };
}
