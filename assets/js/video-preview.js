// A ready video on its own page in the admin.
const video = document.querySelector("[data-preview]");
const fault = document.querySelector("[data-preview-fault]");
const showFault = () => { fault.hidden = false; };

if (window.Hls?.isSupported()) {
  // The worker would come from a blob: address, which the content security policy refuses.
  const hls = new window.Hls({ enableWorker: false });
  hls.on(window.Hls.Events.ERROR, (_, data) => { if (data.fatal) showFault(); });
  hls.loadSource(video.dataset.preview);
  hls.attachMedia(video);
} else {
  video.addEventListener("error", showFault);
  video.src = video.dataset.preview;
}
