/** frame.js: gives the frames of embed.html in this page the heights that they ask for. */
import type { HeightAnswer, HeightQuestion } from './height.ts';

const least = 100;
const most = 20000;

addEventListener('message', ({ data, origin, source }: MessageEvent<unknown>) => {
  const height = heightIn(data);
  // Only what its `src` names may speak for a frame, and only about that frame.
  const frame = ours().find(({ contentWindow }) => contentWindow === source);
  if (height === null || !frame || new URL(frame.src).origin !== origin) return;
  Object.assign(frame.style, { boxSizing: 'content-box', border: '0', height: `${height}px` });
});

// Those that told it before anybody listened. The question holds no secret, and a frame may not have loaded yet.
for (const { contentWindow } of ours())
  contentWindow?.postMessage('asymptoken-height?' satisfies HeightQuestion, '*');

function ours(): HTMLIFrameElement[] {
  return [...document.querySelectorAll('iframe')].filter(({ src }) => /\/embed\.html([?#]|$)/.test(src));
}

/** null when the message is none of ours. */
function heightIn(message: unknown): number | null {
  if (typeof message !== 'object' || message === null) return null;
  const { type, height } = message as Partial<HeightAnswer>;
  if (type !== 'asymptoken-height' || typeof height !== 'number') return null;
  return height >= least && height <= most ? height : null;
}
