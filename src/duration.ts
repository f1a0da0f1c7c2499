/** Whether a text is a duration as Prometheus writes them: `15s`, `1m30s`, `1d`. */
export function isDuration(text: string): boolean {
  return /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/.test(text);
}
