import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/** Tells service-worker.js which files the article needs, all figures included; pages of docs/ are kept when they are read. */
export function serviceWorker(): Plugin {
  return {
    name: 'asymptoken-service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle['service-worker.js'];
        if (worker?.type !== 'chunk') throw new Error('service-worker.js is not built');
        const hash = createHash('sha256');
        const names = Object.keys(bundle)
          .filter((name) => name !== worker.fileName && !name.startsWith('docs/'))
          .sort();
        for (const name of names) {
          const file = bundle[name]!;
          hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
        }
        const files = ['', 'icon.svg', 'from-disk.js', ...names];
        worker.code = worker.code
          .replaceAll('SITE_FILES', JSON.stringify(files))
          .replaceAll('SITE_VERSION', JSON.stringify(hash.digest('hex').slice(0, 10)));
        if (/^\s*(im|ex)port\b/m.test(worker.code)) throw new Error('service-worker.js is not one file');
      },
    },
  };
}
