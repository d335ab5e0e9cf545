// URLs are built only here and in research-paths.ts.
export const paths = {
  home: () => "/",
  login: (next?: string) => (next ? `/login?next=${encodeURIComponent(next)}` : "/login"),
  oidc: (next: string) => `/api/auth/login?next=${encodeURIComponent(next)}`,
  invite: (token: string) => `/invite/${encodeURIComponent(token)}`,
  start: (scenario: string) => `/start/${encodeURIComponent(scenario)}`,
  conversation: (id: string) => `/conversation/${encodeURIComponent(id)}`,
  desk: () => "/research",
  invitations: () => "/research/invitations",
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
