export interface Account {
  login: string;
  password: string;
}

/** The Grafana server administrator of the demo that runs with incidents. */
export const ADMIN: Account = { login: 'admin', password: 'specs' };
