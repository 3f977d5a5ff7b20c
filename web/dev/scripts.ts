import type { Plugin } from 'vite';

/**
 * In the article: a script that says what is amiss where no module runs. In every page, to services that put off the scripts
 * of what they deliver: that these are not to be.
 */
export function scripts(): Plugin {
  return {
    name: 'asymptoken-scripts',
    transformIndexHtml: {
      order: 'post',
      handler: (page, { path }) =>
        (path === '/index.html'
          ? page.replace('</head>', '  <script defer src="./from-disk.js"></script>\n  </head>')
          : page
        ).replaceAll('<script ', '<script data-cfasync="false" '),
    },
  };
}
