// How the provider's button is worded: Google asks for its own words, others are named by their host.
export const signInWith = (issuer: string | undefined) =>
  issuer === "accounts.google.com" ? "Sign in with Google" : `Sign in with ${issuer}`;
