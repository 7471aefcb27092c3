// Seconds as people read them.

/** 522.4 → 08:42, 3723 → 1:02:03 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 0.05));
  const two = (value) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}
