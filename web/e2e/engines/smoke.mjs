// The main journey in the engine that ENGINE names: a researcher invites, a participant talks, gets coached and ends the
// conversation. Two browsers run at once, each with its own driver, because WebKit's driver supports only one session.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { Browser, SHIFT_ENTER } from "./webdriver.mjs";

const { ENGINE, BASE_URL, ADMIN_LINK, RESEARCHER_DRIVER, PARTICIPANT_DRIVER, SHOTS } = process.env;
const engines = { webkit: { browserName: "MiniBrowser" }, firefox: { browserName: "firefox" } };
const LABEL = `Smoke in ${ENGINE} ${randomUUID().slice(0, 6)}`;
const ROW_IS_LINK = `
  const row = [...document.querySelectorAll("tbody tr")].find((e) => e.innerText.startsWith(arguments[0]));
  const { x, y, width, height } = row.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2) === row.querySelector("a");
`;

await mkdir(SHOTS, { recursive: true });
const desk = await Browser.open(RESEARCHER_DRIVER, engines[ENGINE]);
const phone = await Browser.open(PARTICIPANT_DRIVER, engines[ENGINE]).catch(async (error) => {
  await desk.close();
  throw error;
});
try {
  await desk.resize(1280, 900);
  // As narrow as every engine lets a window be.
  await phone.resize(460, 860);
  const url = await invite();
  await enter(url);
  await talk();
  await askTheCoach();
  await reload();
  await end();
} catch (error) {
  // A second failure here must not hide the first error.
  await Promise.allSettled([shoot(desk, "failed-researcher"), shoot(phone, "failed-participant")]);
  throw error;
} finally {
  await Promise.allSettled([phone.close(), desk.close()]);
}

/** The researcher signs in, creates an invitation and finds it in the list. Returns its link. */
async function invite() {
  step("the researcher signs in and creates an invitation");
  await desk.goto(ADMIN_LINK);
  await desk.until("the desk", async () => (await desk.url()) === `${BASE_URL}/research`);
  await desk.click("link", "Invitations");
  await desk.click("link", "New invitation");
  await desk.type("textbox", /^Label/, LABEL);
  await desk.click("button", "Create invitation");
  await desk.find("heading", LABEL);
  const [link] = await desk.until("the link", async () => (await desk.text()).match(/http\S+\/invite\/\S+/));
  await shoot(desk, "invitation");
  await desk.click("link", "All invitations");
  await listed("Not accepted yet");
  // A row's link covers the whole row, but nothing outside it.
  assert.ok(await desk.run(ROW_IS_LINK, LABEL), "the middle of a row is not its link");
  await desk.click("link", "New invitation");
  await desk.find("heading", "New invitation");
  await desk.click("link", "All invitations");
  await listed("Not accepted yet");
  return link;
}

/** The participant opens the link, agrees and starts the first scenario. */
async function enter(url) {
  step("the participant agrees and starts");
  await phone.goto(url);
  await phone.find("button", "Choose a conversation");
  await shoot(phone, "landing");
  await phone.click("checkbox", /I agree/);
  await phone.click("button", "Choose a conversation");
  await phone.click("button", /^Start:/);
  await phone.click("button", "Start");
  await phone.find("textbox", /^Your message to/);
  assert.ok(!(await phone.url()).includes("/invite/"), "the link stays in the address");
  await myTurn();
}

/** The participant sends several lines, the partner replies, the coach comments, and the researcher sees "Live now". */
async function talk() {
  step("the participant talks, and both voices answer");
  const height = () => phone.run("return document.getElementById('say').clientHeight");
  const low = await height();
  // One by one, because a driver may hold Shift down until it has typed everything.
  for (const text of ["Thank you for making time.", SHIFT_ENTER, "It is about my work.", SHIFT_ENTER])
    await phone.type("textbox", /^Your message to/, text);
  await phone.until("a box that is three lines high", async () => (await height()) > low + 40);
  await shoot(phone, "draft");
  await phone.click("button", /^Send to/);
  await phone.until("an empty box of one line", async () => (await height()) === low);
  await phone.until("the partner's reply", async () => (await articles()).some(after("You", /^(?!You|Coach)/)));
  await listed("Live now");
  await myTurn();
  await shoot(phone, "answered");
  await phone.click("button", /Show all of the coach's notes$/);
  await phone.find("article", "Coach note, turn 1");
  await shoot(phone, "coach");
}

/** The participant asks the coach privately and reads the answer. */
async function askTheCoach() {
  step("the coach answers privately");
  await phone.click("radio", "Ask the coach privately");
  await phone.type("textbox", "Question for the coach", "Am I too vague?");
  await phone.click("button", "Ask the coach");
  await phone.find("article", "You asked the coach");
  await phone.find("article", "The coach's answer");
  await myTurn();
  await shoot(phone, "aside");
}

/** A reload loses and duplicates nothing. */
async function reload() {
  step("a reload shows the same");
  const before = await articles();
  assert.ok(before.length >= 5, `five messages or more, not ${before.length}`);
  await phone.reload();
  await myTurn();
  await phone.click("button", /Show all of the coach's notes$/);
  await phone.until("all messages", async () => (await articles()).length >= before.length);
  assert.deepEqual(await articles(), before);
}

/** The participant ends the conversation, and the researcher's list shows that the invitation is in use. */
async function end() {
  step("the participant ends the conversation");
  await phone.click("button", "Menu");
  await phone.click("button", "End conversation");
  await phone.find("button", "Keep talking");
  await phone.click("button", "End conversation");
  await phone.see("You ended this conversation.");
  await shoot(phone, "ended");
  await phone.goto(`${BASE_URL}/`);
  await listed("In use");
  await shoot(desk, "list");
}

/** Waits until the row of the invitation in the researcher's list shows this status. */
async function listed(status) {
  await desk.find("row", new RegExp(`^${LABEL} ${status}`));
}

async function myTurn() {
  await phone.see("Your turn");
  await phone.until("a finished answer", () => phone.run("return !document.querySelector('[data-live]')"));
}

/** Returns the names and texts of all messages on the page, without their times. */
function articles() {
  return phone.run(`return [...document.querySelectorAll("article")].map((e) => {
    const words = e.innerText.replace(/\\d{1,2}:\\d\\d(\\s[AP]M)?/g, "").replace(/\\s+/g, " ").trim();
    return [e.getAttribute("aria-label"), words];
  })`);
}

/** Returns a predicate for an article whose name matches `wanted` anywhere after one named `first`. */
function after(first, wanted) {
  return ([name], i, all) => wanted.test(name) && all.slice(0, i).some(([earlier]) => earlier === first);
}

async function shoot(browser, name) {
  await writeFile(`${SHOTS}/${ENGINE}-${name}.png`, Buffer.from(await browser.screenshot(), "base64"));
}

function step(words) {
  console.log(`${ENGINE}: ${words}`);
}
