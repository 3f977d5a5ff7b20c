import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { katex } from '@mdit/plugin-katex';
import MarkdownIt from 'markdown-it';
import type { Plugin } from 'vite';

const folder = join(import.meta.dirname, '../docs');
const styles = join(import.meta.dirname, '../src/style');

/** Builds docs/, Markdown with TeX, into pages beside the article. Formulas become MathML here: pages carry no script. */
export function docs(): Plugin {
  const markdown = new MarkdownIt({ html: false, typographer: true }).use(katex, {
    output: 'mathml',
    throwOnError: true,
  });
  // It takes C(R) for a registered trade mark.
  markdown.disable('replacements');
  return {
    name: 'asymptoken-docs',
    apply: 'build',
    buildStart() {
      for (const file of files()) this.addWatchFile(join(folder, file));
    },
    generateBundle() {
      const emit = (fileName: string, source: string | Uint8Array) =>
        this.emitFile({ type: 'asset', fileName: `docs/${fileName}`, source });
      for (const file of files()) {
        const source = readFileSync(join(folder, file));
        if (file.endsWith('.md')) {
          emit(file.replace(/\.md$/, '.html'), page(file, markdown.render(source.toString())));
        } else {
          emit(file, source);
        }
      }
      for (const style of ['docs.css', 'page.css', 'theme.css'])
        emit(style, readFileSync(join(styles, style)));
    },
  };
}

function files(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function page(file: string, content: string): string {
  const up = '../'.repeat(file.split('/').length - 1);
  const title = /<h1>(.*?)<\/h1>/s.exec(content)?.[1]?.replaceAll(/<[^>]*>/g, '') ?? 'asymptoken';
  // Files of the repository are no pages here.
  const linked = content
    .replaceAll(/<a href="(?:\.\.\/)+(?:core|native|tests|wasm)\/[^"]*">(.*?)<\/a>/gs, '<code>$1</code>')
    .replaceAll('<table>', '<div class="scroller" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>')
    .replaceAll(/(href="(?!\w+:)[^"#]*)\.md(?=["#])/g, '$1.html');
  const index = file === 'index.md' ? '' : `<a href="${up}index.html">All pages</a> · `;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} · asymptoken</title>
    <link rel="icon" href="${up}../icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="${up}docs.css" />
  </head>
  <body>
    <main>
<p class="where">${index}<a href="${up}../index.html">The article</a></p>
${linked}
    </main>
  </body>
</html>
`;
}
