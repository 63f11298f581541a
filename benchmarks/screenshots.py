"""What does a report look like? Makes the README's pictures in docs/ of reports that were made, in Chromium."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
PICTURES = {"first-screen.png": "reports/rfm/default/report.html", "gallery.png": "reports/index.html"}


def main() -> None:
    """Photograph the top of each page as a reader sees it who has opened it."""
    (ROOT / "docs").mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 900}, color_scheme="light")
        for picture, report in PICTURES.items():
            page.goto((ROOT / report).as_uri())
            page.screenshot(path=ROOT / "docs" / picture)
        browser.close()


if __name__ == "__main__":
    main()
