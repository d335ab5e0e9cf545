// The only place that builds URLs.
export const paths = {
  home: () => "/",
  login: (next?: string) => (next ? `/login?next=${encodeURIComponent(next)}` : "/login"),
  oidc: (next: string) => `/api/auth/login?next=${encodeURIComponent(next)}`,
  invite: (token: string) => `/invite/${encodeURIComponent(token)}`,
  start: (scenario: string) => `/start/${encodeURIComponent(scenario)}`,
  conversation: (id: string) => `/conversation/${encodeURIComponent(id)}`,
  invitations: () => "/research/invitations",
  /** The invitations that were created together with this one. */
  batch: (first: string) => `/research/invitations?batch=${encodeURIComponent(first)}`,
  newInvitation: () => "/research/invitations/new",
  codes: (query: URLSearchParams) =>
    query.size ? `/research/invitations/codes?${query}` : "/research/invitations/codes",
  code: (id: string) => `/research/invitations/${encodeURIComponent(id)}/code`,
  /** A CSV file with the links of the listed invitations. */
  linksFile: (query: URLSearchParams) =>
    query.size ? `/api/invitations/links.csv?${query}` : "/api/invitations/links.csv",
  invitation: (id: string) => `/research/invitations/${encodeURIComponent(id)}`,
  account: () => "/account",
  admin: () => "/admin",
  users: () => "/admin/users",
  user: (id: string) => `/admin/users/${encodeURIComponent(id)}`,
  presets: () => "/admin/presets",
  audit: (userId?: string) => (userId ? `/admin/audit?person=${encodeURIComponent(userId)}` : "/admin/audit"),
  socket(conversationId: string, after: string | undefined) {
    const url = new URL(`/ws/conversation/${encodeURIComponent(conversationId)}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (after !== undefined) url.searchParams.set("after", after);
    return url.href;
  },
};
