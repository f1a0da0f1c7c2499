export interface Account {
  login: string;
  password: string;
}

/** The administrator of the Grafana server in the demo with incidents. */
export const ADMIN: Account = { login: 'admin', password: 'specs' };

/** The users of the demo's tenants. They have the password of the administrator. */
export const AURORA: Account = { login: 'aurora', password: ADMIN.password };
export const BOREALIS: Account = { login: 'borealis', password: ADMIN.password };
