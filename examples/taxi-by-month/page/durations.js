/**
 * A length of time in words: 84 ms, 2.41 s, 1 min 12 s.
 * @param {number} milliseconds
 */
export function durationInWords(milliseconds) {
  if (milliseconds < 999.5) {
    return `${Math.round(milliseconds)} ms`;
  }
  if (milliseconds < 59_995) {
    return `${(milliseconds / 1000).toFixed(2)} s`;
  }
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
