// The text of the sign-in button. Google requires this wording; other providers are named by their host.
export const signInLabel = (issuer: string | undefined) =>
  issuer === "accounts.google.com" ? "Sign in with Google" : `Sign in with ${issuer}`;
