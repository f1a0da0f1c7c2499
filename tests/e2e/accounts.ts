export interface Account {
  login: string;
  password: string;
}

/** The server administrator of the demo with incidents. */
export const ADMIN: Account = { login: 'admin', password: 'specs' };
