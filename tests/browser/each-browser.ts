import { after, before, describe } from 'node:test';
import { browsers, type Browser, type Tab, type TabOptions } from './browsers.ts';
import { show } from './page.ts';
import { hashOf, type Link } from './settings.ts';
import { serveSite, type Site } from './site.ts';

/** What the tests of one browser share. */
export class Stage {
  readonly name: string;
  browser!: Browser;
  site!: Site;

  constructor(name: string) {
    this.name = name;
  }

  /** Opens the page with these settings of the convergence figure and on it, uses it, and closes it, whatever happens. */
  async visit(
    link: Link | string,
    use: (tab: Tab) => Promise<void>,
    options: TabOptions = {},
  ): Promise<void> {
    const tab = await this.browser.open(options);
    try {
      await tab.goto(this.site.address + (typeof link === 'string' ? link : hashOf(link)));
      if (typeof link !== 'string') await show(tab, 'convergence');
      await use(tab);
    } finally {
      await tab.close();
    }
  }
}

/** The same tests in every browser. A browser or site that is missing fails them, with the reason. */
export function inEachBrowser(define: (stage: Stage) => void): void {
  for (const [name, launch] of Object.entries(browsers)) {
    describe(name, () => {
      const stage = new Stage(name);
      before(async () => {
        stage.site = await serveSite();
        stage.browser = await launch();
      });
      after(async () => {
        await stage.browser?.close();
        stage.site?.close();
      });
      define(stage);
    });
  }
}
