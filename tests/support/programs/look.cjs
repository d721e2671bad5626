// Looks at a page as a browser shows it; prints as JSON what it found.
// Arguments: the browser's path, the page's path, a width in pixels, light or dark.
const puppeteer = require("puppeteer-core");
const axe = require("axe-core");

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

async function main() {
  const [, , executablePath, page, width, scheme] = process.argv;
  const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"], headless: true });
  try {
    const tab = await browser.newPage();
    const messages = [];
    const requests = [];
    tab.on("console", (message) => messages.push(message.text()));
    tab.on("pageerror", (error) => messages.push(String(error)));
    tab.on("dialog", async (dialog) => {
      messages.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    tab.on("request", (request) => requests.push(request.url()));
    await tab.setViewport({ width: Number(width), height: 900 });
    await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await tab.goto(`file://${page}`);
    const found = await tab.evaluate(() => ({
      text: document.body.innerText,
      scripts: document.scripts.length,
      background: getComputedStyle(document.body).backgroundColor,
      width: document.documentElement.scrollWidth,
      headings: [...document.querySelectorAll("h1, h2")].map((one) => one.textContent),
    }));
    await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    found.unfolded = await tab.evaluate(() => document.body.innerText);
    await tab.evaluate(axe.source);
    const { violations, passes } = await tab.evaluate(
      (tags) => axe.run({ runOnly: { type: "tag", values: tags } }), TAGS);
    console.log(JSON.stringify({
      ...found,
      messages,
      requests: requests.filter((url) => !url.startsWith("file://") || !url.endsWith(".html")),
      passes: passes.length,
      violations: violations.map((one) => ({
        id: one.id,
        nodes: one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`),
      })),
    }));
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
