export interface Account {
  login: string;
  password: string;
}

/** The server administrator of the demo in which things go wrong. */
export const ADMIN: Account = { login: 'admin', password: 'specs' };
