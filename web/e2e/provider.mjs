// A certified sign-in provider for the journeys, which accepts any name and password.
// TOOL is the folder where oidc-provider is installed, PORT the port to listen on, CALLBACK the redirect URI.
import { pathToFileURL } from "node:url";

const { TOOL, PORT, CALLBACK, CLIENT_ID, CLIENT_SECRET } = process.env;
const { default: Provider } = await import(pathToFileURL(`${TOOL}/node_modules/oidc-provider/lib/index.js`).href);

const named = (id) => ({
  sub: id,
  name: id[0].toUpperCase() + id.slice(1),
  email: `${id}@example.org`,
  email_verified: true,
});
const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [CALLBACK] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  cookies: { keys: ["journeys"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => named(id) }),
});
provider.listen(Number(PORT), "127.0.0.1");
