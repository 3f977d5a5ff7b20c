import type { Plugin } from 'vite';

/**
 * In every page: a script that says what is amiss where no module runs, and, to services that put off the scripts of what
 * they deliver, that these are not to be.
 */
export function scripts(): Plugin {
  return {
    name: 'asymptoken-scripts',
    transformIndexHtml: {
      order: 'post',
      handler: (page) =>
        page
          .replace('</head>', '  <script defer src="./from-disk.js"></script>\n  </head>')
          .replaceAll('<script ', '<script data-cfasync="false" '),
    },
  };
}
