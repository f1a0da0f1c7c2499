import { config } from '@grafana/runtime';

/** Milliseconds in which an error is a repetition of an equal one. */
const REPETITION = 5000;

/**
 * Recognizes errors that need not be shown, because they repeat an earlier one. The variables of a dashboard depend on
 * each other, so all of them fail if the server can't be reached. Before version 11.3, Grafana shows a notification for
 * each variable. Later versions mark each variable with an icon, so that no error is a repetition there.
 */
export class RepeatedErrors {
  private last?: { message: string; time: number };

  isRepeated(message: string): boolean {
    if (!showsNotifications(config.buildInfo.version)) {
      return false;
    }
    const now = Date.now();
    if (this.last?.message === message && now - this.last.time < REPETITION) {
      return true;
    }
    this.last = { message, time: now };
    return false;
  }
}

function showsNotifications(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major < 11 || (major === 11 && minor < 3);
}
