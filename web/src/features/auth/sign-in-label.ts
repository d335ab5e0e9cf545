// The wording of the provider's button: Google requires its own, others are named by their host.
export const signInLabel = (issuer: string | undefined) =>
  issuer === "accounts.google.com" ? "Sign in with Google" : `Sign in with ${issuer}`;
