/** Returns the IANA name of a time zone of Grafana. */
export function ianaTimeZone(timezone: string): string {
  if (timezone === '' || timezone === 'browser') {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  return timezone === 'utc' ? 'UTC' : timezone;
}
