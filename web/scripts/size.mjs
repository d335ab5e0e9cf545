// Fails if a route exceeds its size limit: the gzipped JS it loads up front, the CSS, and the fonts of a first load.
import fs from "node:fs";
import { gzipSync } from "node:zlib";

const KB = 1024;
const routes = {
  "src/features/home/HomePage.tsx": 110,
  "src/features/home/StartPage.tsx": 110,
  "src/features/auth/LoginPage.tsx": 110,
  "src/features/invite/InvitePage.tsx": 110,
  "src/features/conversation/ConversationPage.tsx": 120,
  "src/features/research/desk/DeskPage.tsx": 120,
  "src/features/research/InvitationsPage.tsx": 120,
  "src/features/research/NewInvitationPage.tsx": 120,
  "src/features/research/InvitationPage.tsx": 145,
  "src/features/research/CodesPage.tsx": 120,
  "src/features/research/watch/WatchPage.tsx": 135,
  "src/features/research/notes/TagsPage.tsx": 120,
  "src/features/account/AccountPage.tsx": 110,
  "src/features/admin/Administration.tsx": 120,
};
const manifest = JSON.parse(fs.readFileSync("dist/.vite/manifest.json", "utf8"));
const gz = (file) => gzipSync(fs.readFileSync(`dist/${file}`), { level: 9 }).length / KB;
const chunksOf = (key, seen = new Set()) => {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) chunksOf(next, seen);
  return seen;
};

let over = 0;
function report(name, kb, limit) {
  if (kb > limit) over++;
  console.log(`${kb > limit ? "OVER" : "ok  "} ${kb.toFixed(1).padStart(6)} of ${limit} KB  ${name}`);
}

const entry = chunksOf("index.html");
for (const [page, limit] of Object.entries(routes)) {
  if (!manifest[page]) throw new Error(`${page} is not in the build`);
  const frame = page.startsWith("src/features/research/") ? chunksOf("src/features/research/Research.tsx") : [];
  const keys = new Set([...entry, ...frame, ...chunksOf(page)]);
  report(
    page,
    [...keys].reduce((sum, key) => sum + gz(manifest[key].file), 0),
    limit,
  ); // gzipped, one by one
}
const assets = fs.readdirSync("dist/assets");
const css = assets.filter((f) => f.endsWith(".css"));
report(
  "CSS",
  css.reduce((sum, f) => sum + gz(`assets/${f}`), 0),
  14,
);
const fonts = assets.filter((f) => /-latin-wght-normal.*\.woff2$/.test(f));
if (fonts.length !== 2) throw new Error(`expected two Latin fonts, found ${fonts.join(", ")}`);
report(
  "fonts of a first load",
  fonts.reduce((sum, f) => sum + fs.statSync(`dist/assets/${f}`).size / KB, 0),
  90,
);
process.exit(over ? 1 : 0);
