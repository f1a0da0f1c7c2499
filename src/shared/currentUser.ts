import { config } from '@grafana/runtime';

/** Reports whether the current user is an administrator of the organization. */
export function isAdmin(): boolean {
  // The type doesn't allow for pages without a user, such as a public dashboard.
  const { user } = (config.bootData ?? {}) as Partial<typeof config.bootData>;
  return user?.orgRole === 'Admin';
}
