// What a person chose stays on the device: volume, captions, speed.

const KEY = "xueshi.player";

function all() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // storage switched off, or written by something else
  }
}

export function remembered(name, otherwise) {
  return all()[name] ?? otherwise;
}

export function remember(name, value) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...all(), [name]: value }));
  } catch {
    // nothing is lost but the comfort
  }
}
